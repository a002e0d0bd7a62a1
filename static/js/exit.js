// Makes the exit quicker, and leaves no step back to this page. Without this script the link works as every link does.
const exit = document.querySelector(".exit__link");
const WITHIN = 1500; // ms for three times Shift
let presses = [];

function leave() {
  document.documentElement.hidden = true; // at once, however long the other page takes
  location.replace(exit.href);
}

exit.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

addEventListener("keydown", (event) => {
  if (event.repeat) return;
  if (event.key !== "Shift") {
    presses = []; // somebody types capital letters
    return;
  }
  presses = [...presses, event.timeStamp].filter((time) => event.timeStamp - time < WITHIN);
  if (presses.length === 3) leave();
});
