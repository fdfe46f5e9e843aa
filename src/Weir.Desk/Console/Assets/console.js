// Keys, the running clock, local times on hover, the number selected; pages that renew themselves when something changed
// and nobody works in them, and say so where a renewal would be put on record. Every act works without this file.
(() => {
  "use strict";
  const all = (what) => Array.from(document.querySelectorAll(what));
  const first = (what) => document.querySelector(what);

  const times = () => {
    for (const time of all("time[datetime]:not([data-local])")) {
      const at = new Date(time.dateTime);
      time.dataset.local = "";
      if (!Number.isNaN(at.getTime())) time.title = `${time.title}\n${at.toLocaleString()}`;
    }
  };
  times();

  const clock = first("[data-clock]");
  if (clock) setInterval(() => { clock.textContent = new Date().toISOString().slice(11, 19); }, 1000);

  // The queue: how many are selected, and the current row.
  const rows = all("tr[data-row]");
  const picks = all("tr[data-row] input[type=checkbox]");
  const picked = first("[data-picked]");
  const text = picked ? picked.textContent : "";
  const count = () => {
    const n = picks.filter((box) => box.checked).length;
    for (const box of picks) box.closest("tr").classList.toggle("sel", box.checked);
    if (picked) picked.textContent = n === 0 ? text : String(n);
  };
  for (const box of picks) box.addEventListener("change", count);
  count();
  let current = -1;
  const go = (step) => {
    if (rows.length === 0) return;
    if (current >= 0) rows[current].classList.remove("cur");
    current = Math.min(rows.length - 1, Math.max(0, current + step));
    rows[current].classList.add("cur");
    rows[current].scrollIntoView({ block: "nearest" });
  };

  // Twice the same key, for what one key must never do.
  const stop = first("[data-twice]");
  let armed = 0;
  const twice = () => {
    const now = Date.now();
    if (now - armed < 1500) stop.click();
    armed = now;
    stop.classList.add("armed");
  };

  const places = { n: "now", v: "events", e: "exporters", p: "endpoints", o: "compare", i: "notices", r: "retention", g: "governance", s: "settings", c: "cases", b: "blocks", l: "lists", a: "approvals", u: "audit", t: "transparency", h: "health", m: "me" };
  const help = () => {
    let box = first("dialog.keys");
    if (!box) {
      box = document.createElement("dialog");
      box.className = "keys";
      const title = document.createElement("h2");
      title.textContent = first(".foot .keys") ? first(".foot .keys").textContent : "?";
      const list = document.createElement("ul");
      const line = (key, what) => {
        const item = document.createElement("li");
        const word = document.createElement("span");
        word.textContent = what;
        const sign = document.createElement("kbd");
        sign.textContent = key;
        item.append(word, sign);
        list.append(item);
      };
      for (const [key, name] of Object.entries(places)) {
        const link = first(`.rail a[data-key="${name}"]`);
        if (link) line(`g ${key}`, link.textContent);
      }
      line("/", first("input[type=search]") ? first("input[type=search]").labels[0].textContent : "/");
      line("j k", "↓ ↑");
      line("Space", "☑");
      line("Enter", "→");
      box.append(title, list);
      document.body.append(box);
    }
    box.showModal();
  };

  let before = "";
  document.addEventListener("keydown", (event) => {
    const at = event.target;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    // A key that is held down is pressed once; along the rows alone it may go on.
    if (event.repeat && event.key !== "j" && event.key !== "k") return;
    if (at instanceof HTMLElement && at.closest("input:not([type=checkbox]), textarea, select")) {
      if (event.key === "Escape") at.blur();
      return;
    }
    const was = before;
    before = event.key;
    if (was === "g" && places[event.key]) {
      const link = first(`.rail a[data-key="${places[event.key]}"]`);
      if (link) { event.preventDefault(); link.click(); }
    } else if (event.key === "?") { event.preventDefault(); help(); }
    else if (event.key === "/") { const box = first("input[type=search]"); if (box) { event.preventDefault(); box.focus(); box.select(); } }
    else if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === " " && current >= 0 && picks[current] && at === document.body) { event.preventDefault(); picks[current].click(); }
    else if (event.key === "Enter" && current >= 0 && at === document.body) { const link = rows[current].querySelector("a"); if (link) link.click(); }
    else if (event.key === "b" && was !== "g") { const link = first('main a[data-key="b"]'); if (link) link.click(); }
    else if (event.key === "S" && stop) twice();
  });

  // Who is at work here is not disturbed: live rows wait.
  let busy = 0;
  for (const name of ["pointermove", "pointerdown", "keydown", "scroll", "focusin"]) addEventListener(name, () => { busy = Date.now(); }, { passive: true });
  const inUse = (quiet) => {
    const at = document.activeElement;
    return Date.now() - busy < quiet || !!first("dialog[open], main details[open], main input:checked")
      || (at instanceof HTMLElement && !!at.closest("input, textarea, select")) || String(getSelection()).length > 0;
  };

  const live = first("main[data-topic]");
  const self = live && live.dataset.live === "self";
  // The first page tells of these too, to who may list them; nobody else hears of them.
  const topics = live ? [live.dataset.topic, ...(live.dataset.topic === "now" ? ["cases", "approvals", "blocks"] : [])] : [];
  let source = null;
  let last = 0;
  let due = false;
  let again = false;
  const tell = () => { const news = first("[data-news]"); if (news) news.hidden = false; };
  const renew = () => {
    if (Date.now() - last < 5000 || inUse(3000)) return; // the next second tries again
    last = Date.now();
    due = false;
    const ask = new XMLHttpRequest();
    ask.open("GET", location.href);
    ask.responseType = "document";
    ask.setRequestHeader("Weir-Renew", "1"); // nobody used the session
    ask.onload = () => {
      const next = ask.response ? ask.response.querySelector("main[data-topic]") : null;
      if (ask.status !== 200 || !next || next.dataset.topic !== live.dataset.topic) { tell(); return; }
      if (inUse(1000)) { due = true; return; }
      live.replaceChildren(...Array.from(next.childNodes, (node) => document.importNode(node, true)));
      const health = ask.response.querySelector(".top .health");
      if (health) first(".top .health").replaceWith(document.importNode(health, true));
      live.dataset.renewed = String(Number(live.dataset.renewed || 0) + 1);
      times();
    };
    ask.onerror = () => { due = true; };
    ask.send();
  };
  const listen = () => {
    if (!live || source || document.visibilityState !== "visible" || !("EventSource" in window)) return;
    source = new EventSource("/changes");
    source.addEventListener("begin", () => {
      // What changed since the page was made, or while the line was broken, nobody told.
      if (self) due = true; else if (again) tell();
      again = true;
      live.dataset.listening = "";
    });
    source.addEventListener("changed", (event) => {
      if (!JSON.parse(event.data).topics.some((topic) => topics.includes(topic))) return;
      if (self) due = true; else tell();
    });
    source.addEventListener("error", () => {
      // A browser asks again by itself where the line alone broke. Refused or over: what stands here grows old, so say so.
      if (source && source.readyState === EventSource.CLOSED) {
        source = null;
        delete live.dataset.listening;
        tell();
        setTimeout(listen, 30000);
      }
    });
  };
  listen();
  document.addEventListener("visibilitychange", () => {
    // A page that nobody sees holds no connection.
    if (document.visibilityState === "visible") { listen(); if (self) due = true; }
    else if (source) { source.close(); source = null; delete live.dataset.listening; }
  });
  if (self) setInterval(() => { if (due && document.visibilityState === "visible") renew(); }, 1000);

  // Without events the first page renews itself while nobody works in it.
  if (location.pathname === "/" && !document.documentElement.classList.contains("wall")) {
    setInterval(() => {
      if (!(source && source.readyState === EventSource.OPEN) && document.visibilityState === "visible" && !inUse(20000)) {
        location.replace("/?renew"); // the mark says that nobody used it
      }
    }, 30000);
  }
})();
