// Security keys and passkeys. A form with data-webauthn="create" or "get" carries what the server asks in data-options; when it
// is sent, the browser asks the person for his key, and the key's answer travels in the field `credential`.
const fromBase64Url = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toBase64Url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function parsedOptions(form) {
  const { publicKey } = JSON.parse(form.dataset.options);
  const withBytes = (list) => (list ?? []).map((each) => ({ ...each, id: fromBase64Url(each.id) }));
  publicKey.challenge = fromBase64Url(publicKey.challenge);
  if (publicKey.user) publicKey.user.id = fromBase64Url(publicKey.user.id);
  if (publicKey.excludeCredentials) publicKey.excludeCredentials = withBytes(publicKey.excludeCredentials);
  if (publicKey.allowCredentials) publicKey.allowCredentials = withBytes(publicKey.allowCredentials);
  return { publicKey };
}

function writtenCredential(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toBase64Url(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toBase64Url(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  });
}

async function askForKey(form) {
  const complaint = form.querySelector("[data-webauthn-failed]");
  const button = form.querySelector("[type=submit]");
  complaint.hidden = true;
  button.disabled = true;
  try {
    const credential = await navigator.credentials[form.dataset.webauthn](parsedOptions(form));
    form.elements.credential.value = writtenCredential(credential);
    form.submit();
  } catch {
    // He changed his mind, the key is not his, or it took too long; the browser does not tell a page which.
    complaint.hidden = false;
    button.disabled = false;
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-webauthn]")) return;
  event.preventDefault();
  askForKey(event.target);
});

for (const form of document.querySelectorAll("[data-webauthn]")) {
  const isMissing = !window.PublicKeyCredential;
  form.querySelector("[type=submit]").disabled = isMissing;
  form.querySelector("[data-webauthn-missing]").hidden = !isMissing;
}
