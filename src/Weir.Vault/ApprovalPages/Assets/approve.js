// SPDX-License-Identifier: Apache-2.0
// What waits is shown to whoever answers a challenge by a passkey; a second touch signs the text that stands on the
// page. The challenge of that touch is made here of that very text, so what is read is what is signed.
"use strict";

(() => {
  const main = document.querySelector("main");
  const { host, leave } = main.dataset;
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
    try { await work(); } catch (fault) { say(fault.message, "bad"); } finally { button.disabled = false; }
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

  const signers = (names) => names.length === 0 ? "Nobody signed it yet." : `Signed by ${names.join(" and ")}.`;

  const card = (request, credential) => {
    const one = made("section", "", "request");
    const title = made("h2", `Request ${request.leave}`);
    title.id = `request-${request.leave}`;
    one.setAttribute("aria-labelledby", title.id);
    const by = made("p", signers(request.signedBy), "quiet");
    one.append(title, table(request.text), by);
    if (!request.isSigned && request.signedBy.length < 2) {
      const sign = made("button", "Sign this", "first");
      sign.type = "button";
      sign.addEventListener("click", () => guarded(sign, async () => {
        const assertion = await passkeys.answer(await passkeys.digest(request.text), host, credential);
        const now = await passkeys.post("/signatures", { assertion, leave: request.leave });
        by.textContent = signers(now.signedBy);
        sign.remove();
        say(now.isWhole ? "Signed. Two people did, so it can be carried out." : "Signed. It waits for a second person.",
          "good");
      }));
      one.append(sign);
    }
    return one;
  };

  show.addEventListener("click", () => guarded(show, async () => {
    const { challenge } = await passkeys.post("/challenges", {});
    const shown = await passkeys.post("/waiting",
      { assertion: await passkeys.answer(passkeys.fromText(challenge), host), leave });
    document.getElementById("who").textContent = `You are ${shown.person}, ${shown.role}.`;
    document.getElementById("requests").replaceChildren(...shown.requests.map((one) => card(one, shown.credential)));
    if (shown.requests.length === 0) say("Nothing waits here for your role.", "");
  }));
})();
