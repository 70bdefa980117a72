// Passkeys: asks the server for a challenge, the browser for its key, and hands the answer back.
// Shown only where the browser has passkeys; everything else on the page works without.
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

const withBytes = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

const send = async (address, body) => {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: body === undefined ? "{}" : JSON.stringify(body),
  });
  return answer.json();
};

const create = async (asked, signal) => {
  const made = await navigator.credentials.create({
    signal,
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      user: { ...asked.user, id: bytes(asked.user.id) },
      excludeCredentials: withBytes(asked.excludeCredentials),
    },
  });
  return credential(made, {
    attestationObject: text(made.response.attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
};

const get = async (asked, signal, mediation) => {
  const made = await navigator.credentials.get({
    signal,
    mediation,
    publicKey: {
      ...asked,
      challenge: bytes(asked.challenge),
      allowCredentials: withBytes(asked.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = made.response;
  return credential(made, {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
};

const credential = (made, response) => ({
  id: made.id,
  rawId: text(made.rawId),
  type: made.type,
  clientExtensionResults: made.getClientExtensionResults(),
  authenticatorAttachment: made.authenticatorAttachment ?? null,
  response: { clientDataJSON: text(made.response.clientDataJSON), ...response },
});

let waiting; // only one question to the browser at a time

const run = async (part, mediation) => {
  waiting?.abort();
  waiting = new AbortController();
  const { signal } = waiting;
  const asked = await send(part.dataset.ask);
  if (!asked.challenge) return asked; // somewhere to go first, or why not
  const isNew = part.dataset.passkey === "create";
  const made = isNew ? await create(asked, signal) : await get(asked, signal, mediation);
  return send(part.dataset.answer, made);
};

const attempt = async (part, mediation) => {
  const said = part.querySelector("[role=alert]");
  said.hidden = true;
  try {
    const { go, problem } = await run(part, mediation);
    if (go) {
      location.assign(go);
      return;
    }
    said.textContent = problem ?? part.dataset.failed;
    said.hidden = false;
  } catch (trouble) {
    // Waiting for the field's own list was given up: nobody asked for anything.
    if (mediation || trouble.name === "AbortError") return;
    said.textContent = part.dataset.failed;
    said.hidden = false;
  }
};

if (window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) {
    part.hidden = false;
    part.querySelector("button").addEventListener("click", () => attempt(part));
    if (part.hasAttribute("data-autofill")) {
      PublicKeyCredential.isConditionalMediationAvailable?.().then((can) => {
        if (can) attempt(part, "conditional");
      });
    }
  }
}
