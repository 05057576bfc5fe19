/* Passkeys on two pages: registering one, and signing with one what is shown. The page works without it by password. */
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (sign) => sign.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

  const approve = async (options) => {
    const asked = { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) };
    const given = await navigator.credentials.get({ publicKey: asked });
    return {
      id: text(given.rawId),
      authenticatorData: text(given.response.authenticatorData),
      clientDataJSON: text(given.response.clientDataJSON),
      signature: text(given.response.signature),
    };
  };

  const register = async (options) => {
    const asked = {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    };
    const made = await navigator.credentials.create({ publicKey: asked });
    return {
      id: text(made.rawId),
      rawId: text(made.rawId),
      type: made.type,
      response: {
        attestationObject: text(made.response.attestationObject),
        clientDataJSON: text(made.response.clientDataJSON),
      },
    };
  };

  const acts = { approve, register };
  document.querySelectorAll("[data-passkey]").forEach((box) => {
    const button = box.querySelector("button");
    const field = document.querySelector(`[name="${box.dataset.field}"]`);
    const failed = box.querySelector("[data-failed]");
    if (!window.PublicKeyCredential || !button || !field) return;
    box.hidden = false;
    // Without the password no device makes a key: the page then says what is missing.
    const isOpen = () => [...field.form.querySelectorAll("[name=former], [name=present]")].some((each) => !each.value);
    button.addEventListener("click", async () => {
      if (isOpen()) {
        field.form.requestSubmit();
        return;
      }
      failed.hidden = true;
      button.disabled = true;
      try {
        field.value = JSON.stringify(await acts[box.dataset.passkey](JSON.parse(box.dataset.options)));
        field.form.requestSubmit();
      } catch {
        failed.hidden = false;
        failed.focus();
      } finally {
        button.disabled = false;
      }
    });
  });
})();
