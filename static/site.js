// Adds the visitor's own time to each time of a session or a moment where the two differ, and says what the lists say
// about the chosen country; nothing depends on it.
(() => {
  const { ownTime, ownMoment, ownClock } = document.currentScript.dataset;
  const { lang } = document.documentElement;
  const language = lang === "en" ? "en-GB" : lang;
  const times = document.querySelectorAll("time[data-ends], time[data-own]");
  // Asking for it costs a telephone a moment, so only where there is a time.
  const zone = times.length ? Intl.DateTimeFormat().resolvedOptions().timeZone : "";
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const day = { weekday: "long", day: "numeric", month: "long" };

  const write = (moment, timeZone, parts) =>
    new Intl.DateTimeFormat(language, { ...parts, timeZone }).format(moment);
  // “Georgia Standard Time”: as people say it, not by the names of a database (Asia/Tbilisi).
  const named = (moment) =>
    new Intl.DateTimeFormat(language, { timeZone: zone, timeZoneName: "longGeneric" })
      .formatToParts(moment).find((part) => part.type === "timeZoneName").value;

  for (const element of times) {
    const starts = new Date(element.dateTime);
    const { ends, own: kind } = element.dataset;
    const differs = (moment, parts) =>
      write(moment, zone, parts) !== write(moment, "Europe/Brussels", parts);
    if (!differs(starts, { ...day, ...clock })) continue;

    const own = document.createElement("span");
    own.className = "own-time";
    own.textContent = " " + (ends ? ownTime : kind === "clock" ? ownClock : ownMoment)
      .replace("{start}", write(starts, zone, differs(starts, day) ? { ...day, ...clock } : clock))
      .replace("{end}", ends ? write(new Date(ends), zone, clock) : "")
      .replace("{zone}", named(starts));
    element.after(own);
  }

  const status = document.querySelector(".country-status");
  const country = document.querySelector("select[name=country]");
  const say = () => {
    status.textContent = status.dataset[country.selectedOptions[0]?.dataset.outcome] ?? "";
  };
  country?.addEventListener("change", say);
})();
