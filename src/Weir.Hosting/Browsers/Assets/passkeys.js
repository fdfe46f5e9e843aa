// SPDX-License-Identifier: Apache-2.0
// What pages with passkeys share: asking the authenticator, and asking the server. Everything that comes is text.
"use strict";

const passkeys = (() => {
  const fromText = (text) => Uint8Array.from(
    atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const toText = (octets) => btoa(String.fromCharCode(...new Uint8Array(octets)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  const written = (made) => ["webauthn", toText(made.rawId), toText(made.response.authenticatorData),
    toText(made.response.clientDataJSON), toText(made.response.signature)].join(".");

  // Asks for an answer to a challenge (octets); of one credential, or of whichever its owner chooses.
  const answer = async (challenge, host, credential) => written(await navigator.credentials.get({
    publicKey: {
      challenge, rpId: host, userVerification: "required", timeout: 120000,
      allowCredentials: credential ? [{ type: "public-key", id: fromText(credential) }] : [],
    },
  }));

  // Has a new passkey made, kept in its authenticator, that asks who touches it.
  const make = async (challenge, host, name) => {
    const made = await navigator.credentials.create({
      publicKey: {
        challenge, rp: { id: host, name: host }, attestation: "none", timeout: 120000,
        user: { id: crypto.getRandomValues(new Uint8Array(16)), name, displayName: name },
        pubKeyCredParams: [{ type: "public-key", alg: -7 }, { type: "public-key", alg: -8 }],
        authenticatorSelection: { residentKey: "required", requireResidentKey: true, userVerification: "required" },
      },
    });
    return { credential: toText(made.rawId), key: toText(made.response.getPublicKey()) };
  };

  // Asks the server; what it refuses is thrown as its sentence.
  const post = async (path, body) => {
    const reply = await fetch(path, {
      method: "POST", body: JSON.stringify(body), cache: "no-store", credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
    });
    const said = await reply.json();
    if (!reply.ok) throw Object.assign(new Error(said.detail ?? said.title ?? reply.statusText), { problem: said.code });
    return said;
  };

  // What to tell of a fault: in the page's language where it has words for it.
  const saying = (fault, words) => words[`problem.${fault.problem}`]
    ?? (fault.name === "NotAllowedError" ? words["script.not-allowed"] : undefined) ?? fault.message;

  const digest = async (text) => new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));

  return { answer, digest, fromText, make, post, saying };
})();
