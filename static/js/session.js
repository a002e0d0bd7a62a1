// A form that took longer than the session: before it is sent we ask whether the sign-in still holds, and keep what was
// typed when it does not. A new sign-in changes the token of all forms; the answer has the right one.
const STAFF_AREA = "/redaktion/";
const asking = new WeakSet();
const sending = new WeakSet();

function explain(form, ...words) {
  form.querySelector(".not-sent")?.remove();
  const note = Object.assign(document.createElement("p"), { className: "errornote not-sent", tabIndex: -1 });
  note.setAttribute("role", "alert");
  note.append("Es wurde nichts gesendet, und nichts ist verloren. ", ...words);
  form.prepend(note);
  note.focus();
}

function linkToSignIn() {
  const link = Object.assign(document.createElement("a"), { href: STAFF_AREA, target: "_blank" });
  link.append("in einem neuen Fenster");
  return link;
}

async function mayGo(form, token) {
  const answer = await fetch(`${STAFF_AREA}password_change/`, { redirect: "manual", cache: "no-store" }).catch(() => null);
  if (answer?.type === "opaqueredirect") {
    explain(form, "Ihre Anmeldung ist zu Ende: Melden Sie sich ", linkToSignIn(), " an, und senden Sie dann hier noch einmal.");
  } else if (!answer?.ok) {
    explain(form, "Die Redaktion antwortet gerade nicht: Bitte senden Sie in einer Minute noch einmal.");
  } else {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    token.value = page.querySelector("[name=csrfmiddlewaretoken]").value;
    return true;
  }
  return false;
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const token = form.querySelector("[name=csrfmiddlewaretoken]");
  if (!token || event.defaultPrevented || sending.delete(form)) return;
  event.preventDefault();
  if (asking.has(form)) return; // clicked twice
  asking.add(form);
  const goes = await mayGo(form, token);
  asking.delete(form);
  if (!goes) return;
  sending.add(form);
  form.requestSubmit(event.submitter);
});
