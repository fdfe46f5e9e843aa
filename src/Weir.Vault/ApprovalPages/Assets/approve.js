// SPDX-License-Identifier: Apache-2.0
// What waits is shown to whoever answers a challenge by a passkey; a second touch signs the text that stands on the
// page. The challenge of that touch is made here of that very text, so what is read is what is signed.
"use strict";

(() => {
  const main = document.querySelector("main");
  const { host, leave } = main.dataset;
  const back = main.dataset.console;
  const words = JSON.parse(main.dataset.words);
  const said = document.getElementById("said");
  const show = document.getElementById("show");

  const say = (text, kind) => { said.textContent = text; said.className = kind; };
  const made = (name, text, kind) => {
    const one = document.createElement(name);
    if (text) one.textContent = text;
    if (kind) one.className = kind;
    return one;
  };
  const guarded = async (button, work) => {
    button.disabled = true;
    say("", "");
    try { await work(); } catch (fault) { say(passkeys.saying(fault, words), "bad"); } finally { button.disabled = false; }
  };

  const table = (text) => {
    const rows = made("table");
    for (const line of text.trimEnd().split("\n")) {
      const at = line.indexOf(": ");
      const row = made("tr");
      const head = made("th", at < 0 ? "form" : line.slice(0, at));
      head.scope = "row";
      row.append(head, made("td", at < 0 ? line : line.slice(at + 2)));
      rows.append(row);
    }
    return rows;
  };

  const signers = (names) => names.length === 0 ? words["script.nobody"]
    : words["script.signed-by"].replace("{{names}}", () => names.join(words["script.and"]));

  // Where what both signed is carried out; nothing of this page goes with it but the number.
  const toConsole = (number) => {
    const link = made("a", words["script.console"], "first");
    link.href = `${back}/approvals/${encodeURIComponent(number)}`;
    link.rel = "noreferrer";
    return link;
  };

  const card = (request, credential) => {
    const one = made("section", "", "request");
    const title = made("h2", words["script.request"].replace("{{number}}", () => request.leave));
    title.id = `request-${request.leave}`;
    one.setAttribute("aria-labelledby", title.id);
    const by = made("p", signers(request.signedBy), "quiet");
    one.append(title, table(request.text), by);
    if (!request.isSigned && request.signedBy.length < 2) {
      const sign = made("button", words["script.sign"], "first");
      sign.type = "button";
      sign.addEventListener("click", () => guarded(sign, async () => {
        const assertion = await passkeys.answer(await passkeys.digest(request.text), host, credential);
        const now = await passkeys.post("/signatures", { assertion, leave: request.leave });
        by.textContent = signers(now.signedBy);
        sign.remove();
        say(words[now.isWhole ? "script.whole" : "script.waits"], "good");
        if (now.isWhole && back) one.append(toConsole(request.leave));
      }));
      one.append(sign);
    }
    return one;
  };

  show.addEventListener("click", () => guarded(show, async () => {
    const { challenge } = await passkeys.post("/challenges", {});
    const shown = await passkeys.post("/waiting",
      { assertion: await passkeys.answer(passkeys.fromText(challenge), host), leave });
    document.getElementById("who").textContent = words["script.you"]
      .replace("{{person}}", () => shown.person).replace("{{role}}", () => words[`role.${shown.role}`] ?? shown.role);
    document.getElementById("requests").replaceChildren(...shown.requests.map((one) => card(one, shown.credential)));
    if (shown.requests.length === 0) say(words["script.nothing"], "");
  }));
})();
