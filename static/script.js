// Small comforts. Every page works without this file; nothing here is written to the browser's storage.
// A block, because it runs again when an answer is written over the page (see the line in the head).

{
  const said = document.getElementById("said");
  const leave = document.querySelector("[data-leave]");
  const all = (what) => [...document.querySelectorAll(what)];
  const say = (words) => { said.textContent = words; };

  all(".for-script").forEach((part) => { part.hidden = false; });

  // --- Leave: nothing to see at once, no answer left behind, and no way back to this entry ---

  function uncheckAll() {
    // Not a form reset: that would bring back the answers of a page that came with them.
    all("input").forEach((input) => { if (input.type === "hidden") input.remove(); else input.checked = false; });
  }

  leave.addEventListener("click", (event) => {
    event.preventDefault();
    uncheckAll();
    document.documentElement.hidden = true;
    document.body.replaceChildren();
    document.title = "\u200b";
    location.replace(leave.href);
  });

  // What the back/forward cache brings back is loaded anew (see the line in the head). Until then, it is not shown either.
  addEventListener("pageshow", (event) => { if (event.persisted) document.documentElement.hidden = true; });

  // Shift three times within five seconds. A Shift that changes another key, or one held in a text field, is none of these.
  let presses = [];
  let alone = false;
  addEventListener("keydown", (event) => {
    alone = event.key === "Shift" && !event.ctrlKey && !event.altKey && !event.metaKey && !event.repeat;
    if (event.key !== "Shift") presses = [];
  });
  addEventListener("keyup", (event) => {
    if (event.key !== "Shift" || !alone) return;
    const now = Date.now();
    presses = [...presses.filter((then) => now - then < 5000), now];
    if (presses.length === 3) { leave.click(); return; }
    say(leave.dataset.more.split("|")[presses.length - 1]);
    const counted = presses;
    setTimeout(() => { if (presses === counted) { presses = []; say(leave.dataset.off); } }, 5000);
  });

  // --- The questions ---

  const form = (document.querySelector("fieldset") || {}).form;
  const answered = document.getElementById("answered");

  function count() {
    const done = all("fieldset").filter((question) => question.querySelector(":checked")).length;
    answered.textContent = `${done} ${answered.dataset.of}`;
  }

  if (form) {
    const clear = form.querySelector("[data-clear]");
    answered.setAttribute("role", "status");
    count();
    form.addEventListener("change", ({ target }) => {
      const others = [...target.closest("fieldset").querySelectorAll(":checked")].filter((input) => input !== target);
      const losers = others.filter((input) => "alone" in target.dataset || "alone" in input.dataset);
      losers.forEach((input) => { input.checked = false; });
      if (losers.length) say(clear.dataset.excluded);
      count();
    });
    clear.addEventListener("click", (event) => {
      event.preventDefault();
      all("fieldset :checked").forEach((input) => { input.checked = false; });
      all(".emergency, .errors, .error").forEach((part) => part.remove());   // they tell what was answered
      all(".wrong").forEach((question) => question.classList.remove("wrong"));
      count();
      say("");
      setTimeout(() => say(clear.dataset.clear));
    });
  }

  // --- Paper ---

  const unfold = (open) => all("details").forEach((part) => {
    if (open && !part.open) part.dataset.folded = "";
    if (open) part.open = true;
    else if ("folded" in part.dataset) { part.open = false; delete part.dataset.folded; }
  });
  addEventListener("beforeprint", () => unfold(true));
  addEventListener("afterprint", () => { unfold(false); document.body.classList.remove("sheet-alone"); });
  all("[data-print]").forEach((button) => button.addEventListener("click", () => {
    if (button.dataset.print === "sheet") document.body.classList.add("sheet-alone");
    print();
  }));
}
