// SPDX-License-Identifier: Apache-2.0
"use strict";

(() => {
  const { host, words: written } = document.querySelector("main").dataset;
  const words = JSON.parse(written);
  const make = document.getElementById("make");
  const said = document.getElementById("said");
  const challenge = async () => passkeys.fromText((await passkeys.post("/challenges", {})).challenge);

  make.addEventListener("click", async () => {
    make.disabled = true;
    said.textContent = "";
    try {
      const name = document.getElementById("name").value.trim();
      if (name === "") throw new Error(words["script.name-first"]);
      const { credential, key } = await passkeys.make(await challenge(), host, name);
      const assertion = await passkeys.answer(await challenge(), host, credential);
      const line = await passkeys.post("/enrolments", { credential, key, assertion, name });
      document.getElementById("line").textContent = line.line;
      document.getElementById("fingerprint").textContent = line.fingerprint;
      document.getElementById("made").hidden = false;
    } catch (fault) {
      said.textContent = passkeys.saying(fault, words);
      said.className = "bad";
    } finally {
      make.disabled = false;
    }
  });
})();
