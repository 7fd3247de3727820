// Comfort only: every page works without this file.
"use strict";

const addCopy = (box) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = "Copy";
  const pre = box.querySelector("pre");
  button.setAttribute("aria-label", `Copy: ${pre.getAttribute("aria-label")}`);
  const told = document.createElement("span");
  told.className = "told";
  told.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(pre.textContent);
      told.textContent = "Copied";
    } catch {
      // No permission, or no HTTPS: the text is marked, so that the keyboard can copy it.
      getSelection().selectAllChildren(pre);
      told.textContent = "Marked, press Ctrl+C";
    }
    setTimeout(() => { told.textContent = ""; }, 3000);
  });
  box.append(button, told);
};
for (const box of document.querySelectorAll(".copy")) addCopy(box);

// The tab says how it went; a check may have taken some seconds.
const verdict = document.querySelector("[data-verdict]");
if (verdict) document.title = `${document.title.split(" – ")[0]} – ${verdict.dataset.verdict}`;

// A link into folded evidence opens it.
const open = () => {
  let name = location.hash.slice(1);
  try {
    name = decodeURIComponent(name);
  } catch {
    // Not encoded, then: "#100%".
  }
  document.getElementById(name)?.closest("details")?.setAttribute("open", "");
};
addEventListener("hashchange", open);
open();

// A test of a sender: whenever something was seen, the part that changes is fetched anew; what is unfolded stays so.
const live = document.getElementById("live");
if (live) {
  let busy = false, again = false;
  const renew = async () => {
    if (busy) { again = true; return; }
    busy = true;
    try {
      const response = await fetch(location.pathname, { cache: "no-store" });
      if (response.status === 404) { location.reload(); return; }
      if (!response.ok) return;
      const fresh = new DOMParser().parseFromString(await response.text(), "text/html").getElementById("live");
      const now = document.getElementById("live");
      for (const [i, d] of [...now.querySelectorAll("details")].entries()) {
        const twin = d.id ? fresh.querySelector(`details[id="${d.id}"]`) : fresh.querySelectorAll("details")[i];
        if (d.open) twin?.setAttribute("open", "");
      }
      const focused = document.activeElement?.closest?.("#live details[id]")?.id;
      now.replaceWith(document.adoptNode(fresh));
      for (const box of fresh.querySelectorAll(".copy")) addCopy(box);
      if (focused) document.getElementById(focused)?.querySelector("summary")?.focus({ preventScroll: true });
      const verdict = fresh.querySelector("[data-verdict]");
      if (verdict) document.title = `${document.title.split(" – ")[0]} – ${verdict.dataset.verdict}`;
    } finally {
      busy = false;
      if (again) { again = false; setTimeout(renew, 1000); }
    }
  };
  new EventSource(live.dataset.events).addEventListener("changed", renew);
}
