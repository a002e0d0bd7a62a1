// A form that took longer than the session: before it is sent we ask whether the sign-in still holds, and keep what was
// typed when it does not. A new sign-in changes the token of all forms; the answer has the right one.
const STAFF_AREA = "/redaktion/";
const asking = new WeakSet();
const sending = new WeakSet();

async function currentToken() {
  const answer = await fetch(`${STAFF_AREA}password_change/`, { redirect: "manual", cache: "no-store" });
  if (!answer.ok) return null; // led to the sign-in
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector("[name=csrfmiddlewaretoken]").value;
}

function explain(form) {
  form.querySelector(".session-ended")?.remove();
  const link = Object.assign(document.createElement("a"), { href: STAFF_AREA, target: "_blank" });
  link.append("in einem neuen Fenster");
  const note = Object.assign(document.createElement("p"), { className: "errornote session-ended", tabIndex: -1 });
  note.setAttribute("role", "alert");
  note.append("Ihre Anmeldung ist zu Ende. Es wurde nichts gesendet, und nichts ist verloren: Melden Sie sich ", link);
  note.append(" an, und senden Sie dann hier noch einmal.");
  form.prepend(note);
  note.focus();
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const token = form.querySelector("[name=csrfmiddlewaretoken]");
  if (!token || event.defaultPrevented || sending.delete(form)) return;
  event.preventDefault();
  if (asking.has(form)) return; // clicked twice
  asking.add(form);
  const current = await currentToken().catch(() => token.value); // without a network the browser says so itself
  asking.delete(form);
  if (!current) return explain(form);
  token.value = current;
  sending.add(form);
  form.requestSubmit(event.submitter);
});
