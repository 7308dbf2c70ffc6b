/** A PMTiles archive of this machine, read range by range through the server; nothing of it comes from elsewhere. */
import type { RangeResponse, Source } from "pmtiles";
import { api } from "../api.ts";

export class Ranges implements Source {
  constructor(private readonly id: string) {}
  getKey(): string {
    return this.id;
  }
  async getBytes(offset: number, length: number, signal?: AbortSignal): Promise<RangeResponse> {
    return { data: await api.layerBytes(this.id, offset, length, signal) };
  }
}
