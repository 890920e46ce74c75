// What a page can do besides being read. Every page works without this file. It runs in browsers from 2018 on (Chrome 64,
// Firefox 60, Safari 12). It stands in the head and listens on the document, so it works as soon as a part of the page is
// there. Nothing here is sent anywhere or kept anywhere but in this page's memory.

// --- The decision: which pieces of the guidance an answer sheet shows. It knows no words, no level of care and no order. ---

// The names that apply to a sheet, as a Set. A question is {id, chosen: [{id, shows, open, alone}]}; `shows` are the names
// in an answer's data-shows. An answer that is noted, open questions and faults of the sheet have names, too.
function namesFor(questions) {
  const names = new Set();
  questions.forEach((question) => {
    question.chosen.forEach((answer) => {
      answer.shows.forEach((name) => names.add(name));
      if (answer.shows.length) names.add(question.id + "." + answer.id).add("any-noticed");
      if (answer.shows.includes("any-fact")) names.add(question.id + ".any-fact");
    });
    if (question.chosen.every((answer) => answer.open)) names.add(question.id + ".left-open").add("any-left-open");
    if (question.chosen.length > 1 && question.chosen.some((answer) => answer.alone)) {
      names.add(question.id + ".mixed-up").add("any-wrong");
    }
  });
  if (questions.every((question) => !question.chosen.length)) names.add("nothing-chosen").add("any-wrong");
  return names;
}

// Whether a piece stays: a name in `wanted` applies (or there are none), and no name in `unwanted` does.
function stays(wanted, unwanted, names) {
  const holds = (list) => list.split(/\s+/).some((name) => names.has(name));
  return (!wanted || holds(wanted)) && !(unwanted && holds(unwanted));
}

(function () {
  "use strict";

  const root = document.documentElement;
  const find = (id) => document.getElementById(id);
  const all = (what, within) => Array.from((within || document).querySelectorAll(what));
  const now = () => performance.now();

  function onPress(what, react) {
    addEventListener("click", (event) => {
      const pressed = event.target.closest(what);
      if (pressed) react(pressed, event);
    });
  }

  // --- The page as it opens ---

  // Unpack what needs script as soon as its part of the page arrives: later, it would shift what is being read. Skip the
  // newest element, which may be incomplete.
  const arriving = new MutationObserver(() => unpack(all("*").pop()));
  arriving.observe(root, { childList: true, subtree: true });

  addEventListener("DOMContentLoaded", () => {
    arriving.disconnect();
    if (history.state) history.replaceState(null, "");   // a reload of the guidance: its answers are gone
    if (location.protocol === "file:") {   // a saved page: what needs the site leads nowhere from here
      all("main [data-change], a[href^='/']:not(#leave)").forEach((element) => {
        (element.closest("li") || element).remove();
      });
    }
    unpack();
    wake(document);
    count();
    fit();
    if (window.opener && find("form")) window.opener.postMessage("ready", "*");
  });

  function unpack(newest) {
    all("script.for-script").forEach((block) => {
      if (block !== newest) block.outerHTML = block.textContent;
    });
  }

  function wake(part) {
    all("details", part).forEach((fold) => { fold.open = false; });
    if (!window.print) all("[data-print]", part).forEach((button) => button.remove());   // as in some apps
  }

  // Have a screen reader say it, then remove it, so that it is not read again on the way down the page.
  function say(words) {
    const said = find("said");
    said.textContent = "";
    setTimeout(() => { said.textContent = words; }, 50);
    setTimeout(() => { if (said.textContent === words) said.textContent = ""; }, 5000);
  }

  // --- Room: the bar sticks only where it is small, never covers the focus, and turning a phone keeps the place ---

  let place = null;   // the element a third down the view, and the part of it above that line
  let width = 0;

  const bar = () => document.querySelector(".bar");
  const stuck = () => getComputedStyle(bar()).position === "static" ? 0 : bar().offsetHeight + 8;

  // CSS only guesses the bar's height: it can't see letters enlarged by a user style or text-only zoom.
  function fit() {
    bar().style.position = bar().offsetHeight > innerHeight / 4 ? "static" : "";
    root.style.scrollPaddingTop = stuck() && stuck() + "px";
    width = root.clientWidth;   // innerWidth also changes when two fingers zoom
  }

  let pause = 0;
  addEventListener("scroll", () => {
    clearTimeout(pause);
    pause = setTimeout(() => {
      if (width !== root.clientWidth) return;   // it is being turned, and what is here now was elsewhere
      place = null;
      for (let y = innerHeight / 3; scrollY && !place && y < innerHeight; y += 15) {
        const element = document.elementFromPoint(innerWidth / 2, y);
        const box = element.getBoundingClientRect();
        if (box.height < innerHeight) place = { element: element, part: (y - box.top) / box.height };
      }
    }, 100);
  });

  // A phone that is turned breaks all lines anew. The browser would keep the place only with scroll anchoring.
  addEventListener("resize", () => {
    if (!bar()) return;   // on a slow line, or after leaving
    const isTurned = width !== root.clientWidth;
    fit();
    if (!isTurned || !place) return;
    const box = place.element.getBoundingClientRect();
    if (box.height) scrollBy(0, box.top + place.part * box.height - innerHeight / 3);
  });

  // Browsers before 2019 know no scroll-padding, and bring what gets the focus under the bar.
  addEventListener("keyup", (event) => {
    const focused = document.activeElement;
    if (!/Tab|Arrow/.test(event.key) || !focused.closest("main *, footer *")) return;
    const hidden = stuck() - (focused.closest(".answer") || focused).getBoundingClientRect().top;
    if (hidden > 0 && (event.key === "Tab" || focused.type === "radio")) scrollBy(0, -hidden);
  });

  // --- The page changes ---

  let changed = -1000;   // when the page last changed under the reader's finger
  let kept = null;       // the form's own elements, while the guidance stands in their place
  let isPushed = false;  // whether the guidance has an entry of its own in the history
  let isWaiting = false; // whether the button was pressed before the whole page had come

  // The second tap of a double tap lands on whatever has just come up, such as a number that calls.
  addEventListener("click", (event) => {
    if (now() - changed > 500) return;
    event.preventDefault();
    event.stopPropagation();
  }, true);

  // The elements that a page keeps as plain text in a data block, without those that this sheet does not show.
  function picked(id, names) {
    const box = document.createElement("div");
    box.innerHTML = find(id).textContent;
    all("[data-if], [data-unless]", box).forEach((piece) => {
      if (!stays(piece.dataset.if, piece.dataset.unless, names)) piece.remove();
    });
    wake(box);
    return box;
  }

  // As on a fresh page: at the top, with the focus on the new heading, which is what a screen reader says.
  function start() {
    changed = now();
    document.querySelector("main h1").focus();
    scrollTo(0, 0);
  }

  // Replace one part with another. The old part is hidden now and removed a moment later: Orca does not announce a heading
  // that takes the focus from a removed element. Firefox's caret must leave it, too. On a slow
  // phone, the first screen is drawn in half the time if what is below it is laid out a moment later.
  function show(coming, going) {
    coming.className = "first";
    requestAnimationFrame(() => setTimeout(() => coming.classList.remove("first"), 50));
    going.before(coming);
    going.className = "going";
    find("main").className = coming.id;
    start();
    setTimeout(() => {
      if (going.className !== "going") return;   // it has come back in the meantime
      getSelection().collapse(coming.querySelector("h1"), 0);
      going.remove();
    }, 500);
  }

  // --- From the questions to the guidance, and back ---

  function sheet() {
    return all("fieldset", kept || document).map((question) => ({
      id: question.dataset.question,
      chosen: all("input:checked", question).map((input) => ({
        id: input.value,
        shows: (input.dataset.shows || "").split(/\s+/).filter(Boolean),
        open: "open" in input.dataset,
        alone: "alone" in input.dataset,
      })),
    }));
  }

  function showGuidance(names) {
    const guidance = picked("guidance-pieces", names);
    guidance.id = "guidance";
    find("answered").removeAttribute("aria-live");   // it would be read out as the form comes back
    kept = find("questions");
    show(guidance, kept);
    const call = document.querySelector(".emergency .call");
    if (call && call.getBoundingClientRect().bottom > innerHeight) call.scrollIntoView();   // in the smallest windows
    if (call) say(call.textContent.replace(/\s+/g, " ").trim());
  }

  function showQuestions() {
    if (!kept) return;
    show(kept, find("guidance"));
    kept = null;
  }

  // What a POST would say of a faulty sheet, in the same words, above the questions.
  function showCheck(names) {
    const check = picked("check-pieces", names);
    const card = picked("guidance-pieces", names).querySelector(".emergency");
    if (card) check.prepend(card);
    tidy();
    all("#top > *").forEach((element) => { element.hidden = true; });
    find("top").prepend(...check.childNodes);
    start();
  }

  function tidy() {
    all("#top > section").forEach((section) => section.remove());
    all("#top > *").forEach((element) => { element.hidden = false; });
  }

  function answer() {
    const names = namesFor(sheet());
    if (names.has("any-wrong")) {
      showCheck(names);
      return;
    }
    tidy();
    showGuidance(names);
    try {
      history.pushState({ guidance: true }, "");
      isPushed = true;
    } catch (error) {
      isPushed = false;   // then there is no way back by the browser's button, but one by ours
    }
  }

  // If anything fails here, the browser sends the form, as it does without script.
  addEventListener("submit", (event) => {
    if ("change" in event.target.dataset) {
      if (!kept) return;   // the guidance came by POST
      event.preventDefault();
      if (isPushed) history.back(); else showQuestions();
      return;
    }
    if (!find("whole") && document.readyState === "loading" && !isWaiting) {   // on a slow line, the pieces come last
      event.preventDefault();
      isWaiting = true;
      const go = () => {
        if (!isWaiting) return;
        isWaiting = false;
        if (tryToAnswer()) return;
        isGoing = true;
        event.target.submit();
      };
      addEventListener("DOMContentLoaded", go);
      setTimeout(go, 5000);
      return;
    }
    isWaiting = false;
    if (tryToAnswer()) event.preventDefault(); else isGoing = true;
  });

  // Show the guidance. Returns false if the form must be sent instead.
  function tryToAnswer() {
    try {
      if (!find("whole")) throw new Error("the connection broke before all pieces had come");
      answer();
      return true;
    } catch (error) {
      return tellUnsendable();
    }
  }

  // If this page is a plain file, which can't be sent: says what to do, and returns true.
  function tellUnsendable() {
    const told = find("unsendable");
    if (!told) return false;
    told.hidden = false;
    if (kept) {   // remove the guidance shown so far, without calls that could fail again
      if (find("guidance")) find("guidance").remove();
      find("main").className = kept.id;
      kept.className = "";
      kept = null;
    }
    told.scrollIntoView();
    say(told.textContent);
    return true;
  }

  addEventListener("popstate", (event) => {
    if (event.state && !kept && find("form")) {
      const names = namesFor(sheet());
      if (!names.has("any-wrong")) showGuidance(names);
    } else if (!event.state) {
      showQuestions();
    }
  });

  // A link inside the page moves the focus. As an address, it would make one more entry in the history.
  onPress("a[href^='#']", (link, event) => {
    event.preventDefault();
    document.querySelector(link.hash).focus();
  });

  // --- The questions ---

  function count() {
    const answered = find("answered");
    if (!answered) return;
    const done = all("fieldset").filter((question) => question.querySelector(":checked")).length;
    answered.textContent = answered.dataset.words.replace("{number}", String(done));
    all("fieldset").forEach((question) => {
      const one = question.querySelector("[type=radio]:checked");
      let button = question.querySelector(".unmark");
      if (one && !button) {
        button = find("unmark").cloneNode(true);
        button.removeAttribute("id");
        question.appendChild(button);
      }
      if (button) button.hidden = !one;
    });
  }

  addEventListener("change", (event) => {
    if (!event.target.closest("fieldset") || !find("answered")) return;   // on a slow line the count comes later
    find("answered").setAttribute("aria-live", "polite");   // not before: it would be read out as the page opens
    count();
  });

  onPress("#clear", (clear) => {
    all("fieldset :checked").forEach((input) => { input.checked = false; });
    tidy();
    count();
    say(clear.dataset.cleared);
  });

  // A checkbox can be cleared by a second press; a radio button can't.
  onPress(".unmark", (button) => {
    const one = button.parentNode.querySelector(":checked");
    one.checked = false;
    one.focus();   // the button goes
    count();
    say(button.dataset.cleared);
  });

  // --- A reload or a closed tab loses all answers, so the browser asks first. Going by our own links never asks. ---

  let isGoing = false;

  addEventListener("beforeunload", (event) => {
    if (isGoing || kept || !document.querySelector("fieldset :checked")) return;
    event.preventDefault();
    event.returnValue = "";   // for Chrome up to 118; other browsers need preventDefault
  });

  // Browsers fire beforeunload for tel: links, too.
  onPress("a", () => {
    isGoing = true;
    setTimeout(() => { isGoing = false; }, 1000);
  });

  // --- Another language: the answers go from this tab to the one that opens, through memory alone ---

  onPress("[data-switch]", (way, event) => {
    event.preventDefault();
    const address = way.href || way.formAction;
    const chosen = all("fieldset :checked", kept || document).map((input) => input.id);
    const other = window.open(address);
    if (!other) {   // no tab to hand over to, as in some browsers inside apps
      isGoing = true;
      location.assign(address);
    }
    addEventListener("message", (message) => {
      if (message.source !== other) return;
      if (message.data === "ready") {
        const target = location.protocol === "file:" ? "*" : location.origin;
        other.postMessage({ chosen: chosen, isAnswered: Boolean(kept) }, target);
      }
      if (message.data !== "taken") return;   // if this tab went earlier, the answers could be lost
      isGoing = true;
      location.replace(document.querySelector(".home a").href);
    });
  });

  addEventListener("message", (message) => {
    if (!window.opener || message.source !== window.opener || !message.data.chosen || !find("form")) return;
    message.data.chosen.forEach((id) => { find(id).checked = true; });
    count();
    window.opener.postMessage("taken", "*");
    const moved = find("form").dataset.moved;
    if (message.data.isAnswered) answer();
    if (!document.querySelector(".emergency")) say(moved);   // else the number to call is said
    window.opener = null;
  });

  // --- Leave: going away comes first, and nothing that follows can stop it ---

  function leave() {
    isGoing = true;
    location.replace(find("leave").dataset.away);
    root.hidden = true;
    document.title = "\u200b";
    kept = null;
    document.body.textContent = "";
  }

  onPress("#leave", (link, event) => {
    event.preventDefault();
    leave();
  });

  // Escape three times within five seconds. No reading command of a screen reader holds Escape.
  let presses = [];
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) {
      presses = [];
      return;
    }
    // In a browser with a window, Escape also stops loading. That would cancel leaving, even by an earlier press that is
    // still being handled, or by further presses.
    event.preventDefault();
    if (event.repeat || root.hidden) return;
    presses = presses.filter((then) => now() - then < 5000).concat(now());
    if (presses.length === 3) {
      leave();
      return;
    }
    say(presses.length === 1 ? find("leave").dataset.twoMore : find("leave").dataset.oneMore);
    const last = presses;
    setTimeout(() => {
      if (presses !== last) return;
      presses = [];
      say(find("leave").dataset.off);
    }, 5000);
  });

  // A page from the browser's back/forward cache is hidden and reloaded, without answers.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    root.hidden = true;
    isGoing = true;
    location.reload();
  });

  // --- Paper ---

  let folded = null;   // what was unfolded for paper
  let ready = 0;       // when the page was made ready for it

  function unfold() {
    folded = folded || all("details:not([open])");
    folded.forEach((part) => { part.open = true; });
    ready = now();
  }

  function refold() {
    (folded || []).forEach((part) => { part.open = false; });
    folded = null;
    document.body.classList.remove("sheet-alone");
  }

  addEventListener("beforeprint", unfold);
  // On some phones it comes before printing, or never. Then the next touch or key folds the page again.
  addEventListener("afterprint", () => { if (now() - ready > 10) refold(); });
  ["touchstart", "mousedown", "keydown"].forEach((sign) => {
    addEventListener(sign, refold, true);
  });

  onPress("[data-print]", (button) => {
    document.body.classList.toggle("sheet-alone", button.dataset.print === "sheet");
    unfold();
    print();
  });
})();
