/**
 * Distance [m] and first azimuth [degrees] on the WGS84 ellipsoid.
 * Method: Vincenty, Direct and inverse solutions of geodesics on the ellipsoid, Survey Review 23 (1975). It agrees with Karney's
 * to a millimetre, and does not converge for points nearly opposite each other: null there.
 */
const A = 6378137;
const F = 1 / 298.257223563;
const B = A * (1 - F);
const RAD = Math.PI / 180;

export function inverse(lat1: number, lon1: number, lat2: number, lon2: number): { distance_m: number; azimuth_deg: number } | null {
  const [u1, u2] = [Math.atan((1 - F) * Math.tan(lat1 * RAD)), Math.atan((1 - F) * Math.tan(lat2 * RAD))];
  const [sin1, cos1, sin2, cos2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const apart = (((((lon2 - lon1 + 180) % 360) + 360) % 360) - 180) * RAD;
  let lambda = apart;
  for (let turn = 0; turn < 200; turn++) {
    const [sinL, cosL] = [Math.sin(lambda), Math.cos(lambda)];
    const sinS = Math.hypot(cos2 * sinL, cos1 * sin2 - sin1 * cos2 * cosL);
    if (sinS === 0) return { distance_m: 0, azimuth_deg: 0 };
    const cosS = sin1 * sin2 + cos1 * cos2 * cosL;
    const sigma = Math.atan2(sinS, cosS);
    const sinA = (cos1 * cos2 * sinL) / sinS;
    const cos2A = 1 - sinA * sinA;
    const cosM = cos2A === 0 ? 0 : cosS - (2 * sin1 * sin2) / cos2A;
    const c = (F / 16) * cos2A * (4 + F * (4 - 3 * cos2A));
    const before = lambda;
    lambda = apart + (1 - c) * F * sinA * (sigma + c * sinS * (cosM + c * cosS * (2 * cosM * cosM - 1)));
    if (Math.abs(lambda - before) > 1e-12) continue;
    const u = (cos2A * (A * A - B * B)) / (B * B);
    const big = 1 + (u / 16384) * (4096 + u * (-768 + u * (320 - 175 * u)));
    const small = (u / 1024) * (256 + u * (-128 + u * (74 - 47 * u)));
    const delta = small * sinS * (cosM + (small / 4) * (cosS * (2 * cosM * cosM - 1) - (small / 6) * cosM * (4 * sinS * sinS - 3) * (4 * cosM * cosM - 3)));
    const azimuth = Math.atan2(cos2 * Math.sin(lambda), cos1 * sin2 - sin1 * cos2 * Math.cos(lambda)) / RAD;
    return { distance_m: B * big * (sigma - delta), azimuth_deg: (azimuth + 360) % 360 };
  }
  return null;
}
