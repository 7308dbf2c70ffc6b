import { t } from "../i18n/index.ts";
import { dismiss, notices } from "../store/notices.ts";
import { Button, Icon, Told } from "./parts.tsx";

/** One sentence each, read out as it comes. */
export function Notices() {
  return (
    <div class="notices" role="region" aria-label={t("notices")} aria-live="polite">
      {notices.value.map((notice) => (
        <div key={notice.id} class={`notice notice-${notice.tone}`} data-code={notice.code}>
          <Icon name={notice.tone === "done" ? "check" : "warn"} />
          <p><Told lang={notice.lang}>{notice.text}</Told>{notice.hint !== null && notice.hint !== "" && <span class="notice-hint"> <Told lang={notice.lang}>{notice.hint}</Told></span>}</p>
          {notice.actions.map((action) => <Button key={action.label} onClick={action.act}>{action.label}</Button>)}
          <Button icon="close" kind="quiet" bare onClick={() => dismiss(notice.id)}>{t("close")}</Button>
        </div>
      ))}
    </div>
  );
}
