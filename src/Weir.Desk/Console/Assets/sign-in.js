// SPDX-License-Identifier: Apache-2.0
// Pages that ask for a passkey: to sign in, to show that it is still the same person, to make a new one.
"use strict";

(() => {
  const place = document.querySelector("[data-passkey]");
  if (!place || !window.PublicKeyCredential) return;
  const { host, passkey: kind, to } = place.dataset;
  const button = place.querySelector("[data-passkey-button]");
  const said = place.querySelector("[data-passkey-said]");
  const challenge = async () =>
    passkeys.fromText((await passkeys.post("/sign-in/challenges", {})).challenge);

  const works = {
    "in": async () => {
      const assertion = await passkeys.answer(await challenge(), host);
      location.assign((await passkeys.post("/sign-in/passkey", { assertion, to: to ?? "" })).to);
    },
    "prove": async () => {
      await passkeys.post("/sign-in/proof", { assertion: await passkeys.answer(await challenge(), host), to: "" });
      document.querySelector("form.kept").submit();
    },
    "new": async () => {
      const name = document.getElementById("name").value.trim();
      const { credential, key } = await passkeys.make(await challenge(), host, name || "weir");
      const assertion = await passkeys.answer(await challenge(), host, credential);
      const made = await passkeys.post("/sign-in/enrolments", { credential, key, assertion, name });
      place.querySelector("[data-passkey-line]").textContent = made.line;
      place.querySelector("[data-passkey-fingerprint]").textContent = made.fingerprint;
      place.querySelector("[data-passkey-made]").hidden = false;
    },
  };

  place.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    try { await works[kind](); } catch (fault) { said.textContent = fault.message; } finally { button.disabled = false; }
  });
})();
