"use strict";
// What the page does: it searches, filters and shows what its data say. Texts of strangers go into
// the page as texts only (textContent, setAttribute), never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const images = data.images;
  const number = images.id.length;
  const byId = new Map(images.id.map((id, index) => [id, index]));
  const fold = (text) => text.normalize("NFC").toLowerCase();
  const thousands = (value) => value.toLocaleString("en");
  const $ = (id) => document.getElementById(id);

  function make(tag, attributes, ...children) {
    const space = ["svg", "path"].includes(tag) ? "http://www.w3.org/2000/svg" : "http://www.w3.org/1999/xhtml";
    const element = document.createElementNS(space, tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children.filter((child) => child !== null && child !== ""));
    return element;
  }

  // Pictures: a block of them is read when the first one of it is looked at.
  const blocks = document.querySelectorAll("script.thumbnails");
  const read = new Map();
  const asked = new Map();
  window.acne04Thumbnails = (block, pictures) => {
    read.set(block, pictures);
    for (const give of asked.get(block) || []) give(pictures);
    asked.delete(block);
  };
  function withBlock(block, give) {
    if (read.has(block)) return give(read.get(block));
    if (data.thumbnails.inside) {
      window.acne04Thumbnails(block, JSON.parse(blocks[block].textContent));
      return give(read.get(block));
    }
    if (!asked.has(block)) {
      asked.set(block, []);
      document.head.append(make("script", { src: `thumbnails/${String(block).padStart(3, "0")}.js` }));
    }
    asked.get(block).push(give);
  }
  const place = (image) => data.thumbnails.of[image];
  const sizeOf = (image) => place(image) === undefined
    ? [images.width[image] || 9, images.height[image] || 10] : data.thumbnails.sizes[place(image)];
  function fill(img, image) {
    const size = data.thumbnails.block;
    withBlock(Math.floor(place(image) / size), (pictures) => {
      img.src = `data:image/jpeg;base64,${pictures[place(image) % size]}`;
    });
  }
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      reveal(target);
    }
  }, { rootMargin: "400px" });
  const waiting = new Set();
  function wait(frame) { waiting.add(frame); seen.observe(frame); }
  // On paper nothing comes into view.
  window.addEventListener("beforeprint", () => {
    for (const frame of waiting) reveal(frame);
  });
  function reveal(frame) {
    seen.unobserve(frame);
    waiting.delete(frame);
    const image = Number(frame.dataset.of);
    for (const img of frame.querySelectorAll("img")) fill(img, Number(img.dataset.of));
    if (frame.classList.contains("marked")) frame.append(marks(image));
  }
  const blank = () => data.faces === "none" ? "no pictures" : "does not decode";

  // The frame of an image: its picture as soon as it is near the screen, an empty one where it has none.
  function frame(image, classes, marked) {
    const [width, height] = sizeOf(image);
    const box = make("span", { class: `${classes} ${data.faces}${marked ? " marked" : ""}`, "data-of": image });
    box.style.aspectRatio = `${width} / ${height}`;
    if (place(image) === undefined) box.append(make("span", { class: "none" }, blank()));
    else box.append(make("img", { alt: "", "data-of": image, decoding: "async" }));
    if (place(image) !== undefined || marked) wait(box);
    return box;
  }
  // Boxes and circles, in pixels of the upright photograph.
  function marks(image) {
    const svg = make("svg", { class: "marks", viewBox: `0 0 ${images.width[image]} ${images.height[image]}`, preserveAspectRatio: "none", "aria-hidden": "true" });
    const draw = (kind, path) => {
      for (const layer of ["under", kind]) svg.append(make("path", { class: `of-${kind} ${layer}`, d: path }));
    };
    const boxes = images.boxes[image], circles = images.circles[image];
    if (boxes && boxes.length) {
      let path = "";
      for (let i = 0; i < boxes.length; i += 4) path += `M${boxes[i]} ${boxes[i + 1]}H${boxes[i + 2]}V${boxes[i + 3]}H${boxes[i]}Z`;
      draw("boxes", path);
    }
    if (circles && circles.length) {
      let path = "";
      for (let i = 0; i < circles.length; i += 4) {
        const [x, y, rx, ry] = circles.slice(i, i + 4);
        path += `M${x - rx} ${y}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0`;
      }
      draw("circles", path);
    }
    return svg;
  }
  function picture(image, note, marked) {
    const button = make("button", { type: "button", class: "picture", "data-image": image },
      frame(image, "frame", marked), make("span", { class: "name" }, make("bdi", {}, images.id[image])));
    if (note) button.append(make("span", { class: "note" }, note));
    return button;
  }
  for (const button of document.querySelectorAll("button.picture")) {
    button.prepend(frame(Number(button.dataset.image), "frame", false));
  }

  // Lists that grow as one scrolls, or by their button.
  function growing(list, more, told, step, item, says) {
    let rows = [], shown = 0;
    const grow = () => {
      const next = rows.slice(shown, shown + step);
      list.append(...next.map(item));
      shown += next.length;
      more.hidden = shown >= rows.length;
      told.textContent = says(rows.length, shown);
      return next.length;
    };
    more.addEventListener("click", () => {
      const before = list.children.length;
      grow();
      const first = list.children[before];
      const inside = first && first.querySelector("button");
      if (inside) inside.focus();
    });
    return { show(found) { rows = found; shown = 0; list.replaceChildren(); grow(); }, grow };
  }
  const several = (count, one, many) => `${thousands(count)} ${count === 1 ? one : many}`;
  function onChange(form, act) {
    let waiting;
    form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(act, 120); });
    form.addEventListener("submit", (event) => { event.preventDefault(); act(); });
  }

  // Findings.
  const findingTexts = data.findings.map((f) => fold([f.check, f.file, f.where, f.expected, f.found, f.done, f.remedy, ...f.images.map((i) => images.id[i])].join(" ")));
  function findingItem(index) {
    const f = data.findings[index];
    const row = (name, text) => text ? make("div", {}, make("dt", {}, name), make("dd", {}, ...withCode(text))) : null;
    const item = make("li", { id: `finding-${index}` },
      make("h4", {}, `${f.check} `, make("span", { class: `severity ${f.severity}` }, f.severity)),
      make("dl", { class: "rows" }, row("Where", `${f.file}${f.where ? ` ${f.where}` : ""}`), row("Expected", f.expected),
        row("Found", f.found), row("Done", f.done), row("What to do", f.remedy)));
    if (f.images.length) item.append(small(f.images));
    item.append(command(`acne04 explain ${f.check}`));
    return item;
  }
  function small(of) {
    const list = make("ul", { class: "small" }, ...of.slice(0, 8).map((image) => make("li", {}, picture(image))));
    if (of.length > 8) list.append(make("li", { class: "quiet" }, `and ${of.length - 8} more`));
    return list;
  }
  // What stands between backticks is code.
  function withCode(text) {
    const words = text.split("`");
    return words.map((word, i) => i % 2 && i < words.length - 1 ? make("code", {}, word) : word);
  }
  function command(text) {
    return make("span", { class: "command" }, make("code", {}, text),
      make("button", { type: "button", class: "copy", "data-copy": text, "aria-label": `Copy: ${text}` }, "Copy"));
  }
  const findingForm = $("finding-filters");
  const findingList = growing($("finding-list"), $("more-findings"), $("findings-told"), 10, findingItem,
    (all, shown) => `${several(all, "finding", "findings")}${shown < all ? `, the first ${shown} shown` : ""}`);
  function showFindings() {
    const { text, check, severity, stage } = Object.fromEntries(new FormData(findingForm));
    const words = fold(text).split(/\s+/).filter(Boolean);
    findingList.show([...data.findings.keys()].filter((i) => {
      const f = data.findings[i];
      return (!check || f.check === check) && (!severity || f.severity === severity) && (!stage || f.stage === stage)
        && words.every((word) => findingTexts[i].includes(word));
    }));
  }
  onChange(findingForm, showFindings);

  // Pairs.
  const TURNS = { "turned-90": 90, "turned-180": 180, "turned-270": 270 };
  function difference(pair) {
    const [a, b] = [pair.a, pair.b];
    const box = frame(a, "difference", false);
    if (place(a) === undefined || place(b) === undefined) return box;
    const other = make("img", { alt: "", "data-of": b, decoding: "async" });
    const mirrored = pair.form.startsWith("mirrored");
    const turn = TURNS[pair.form.replace("mirrored-", "")] || 0;
    if (mirrored || turn) {
      const [width, height] = sizeOf(a);
      if (turn % 180) {
        // Turned about its centre it must fill the frame: its sides change places before.
        Object.assign(other.style, { width: `${100 * height / width}%`, height: `${100 * width / height}%`, inset: "auto", left: `${50 - 50 * height / width}%`, top: `${50 - 50 * width / height}%` });
      }
      other.style.transform = `${mirrored ? "scaleX(-1) " : ""}rotate(${turn}deg)`;
    }
    box.append(other);
    return box;
  }
  function pairItem(index) {
    const pair = data.pairs[index];
    const said = pair.score === null ? pair.verdict
      : `${pair.verdict}: score ${pair.score.toFixed(2)}, threshold ${pair.threshold.toFixed(2)}${pair.form && pair.form !== "same" ? `, ${pair.form}` : ""}`;
    return make("li", {}, make("div", { class: "three" }, picture(pair.a), picture(pair.b),
      make("div", {}, difference(pair), make("span", { class: "caption" }, "difference"))), make("p", {}, said));
  }
  const pairForm = $("pair-filters");
  const pairList = growing($("pair-list"), $("more-pairs"), $("pairs-told"), 12, pairItem,
    (all, shown) => `${several(all, "pair", "pairs")}${shown < all ? `, the first ${shown} shown` : ""}`);
  function showPairs() {
    const { kind, text, order } = Object.fromEntries(new FormData(pairForm));
    const word = fold(text.trim());
    const found = [...data.pairs.keys()].filter((i) => {
      const pair = data.pairs[i];
      return (!kind || pair.kind === kind) && (!word || fold(images.id[pair.a]).includes(word) || fold(images.id[pair.b]).includes(word));
    });
    const score = (i) => data.pairs[i].score === null ? 2 : data.pairs[i].score;
    if (order === "most") found.sort((i, j) => score(j) - score(i) || i - j);
    pairList.show(found);
  }
  onChange(pairForm, showPairs);

  // Gallery.
  const searched = images.id.map((id, i) => fold([id, images.path[i], images.sha256[i], images.person[i]].join(" ")));
  const galleryForm = $("gallery-filters");
  function note(image) {
    const grade = images.grade[image] === null ? "no grade" : `grade ${images.grade[image]}`;
    const counts = [["v1", images.v1[image]], ["v2", images.v2[image]]].filter(([, count]) => count !== null).map(([name, count]) => `${count} ${name}`);
    return [grade, ...counts, images.real[image] ? "" : "synthetic"].filter(Boolean).join(" · ");
  }
  let order = [];
  const gallery = growing($("gallery-list"), $("more-images"), $("gallery-told"), 48,
    (image) => make("li", {}, picture(image, note(image), true)),
    (all, shown) => `${several(all, "image", "images")} of ${thousands(number)}${shown < all ? `, the first ${thousands(shown)} shown` : ""}`);
  function showGallery() {
    const { text, grade, part, origin } = Object.fromEntries(new FormData(galleryForm));
    const words = fold(text).split(/\s+/).filter(Boolean);
    const partNumber = images.partNames.indexOf(part);
    order = [...images.id.keys()].filter((i) =>
      (!grade || String(images.grade[i] ?? "none") === grade) && (!origin || images.real[i] === Number(origin === "real"))
      && (!part || images.parts[i].includes(partNumber)) && words.every((word) => searched[i].includes(word)));
    gallery.show(order);
  }
  onChange(galleryForm, () => showGallery());
  for (const kind of ["circles", "boxes"]) {
    galleryForm.elements[kind].addEventListener("change", (event) => mark(kind, event.target.checked));
  }
  function mark(kind, isShown) {
    document.body.classList.toggle(`show-${kind}`, isShown);
    for (const box of document.querySelectorAll(`input[name="${kind}"]`)) box.checked = isShown;
  }
  new IntersectionObserver(([entry]) => { if (entry.isIntersecting) gallery.grow(); }, { rootMargin: "600px" }).observe($("more-images"));

  // One image with its trace.
  const dialog = $("image");
  let opened = null, opener = null;
  const about = { findings: new Map(), questions: new Map() };
  for (const [name, of] of Object.entries(about)) {
    data[name].forEach((entry, index) => {
      for (const image of entry.images) of.set(image, [...(of.get(image) || []), index]);
    });
  }
  const RELATIONS = { exact: "the same bytes as", near: "one photograph with", retake: "of one moment with", "derived-from": "made from", "parent-of": "parent of" };
  function bytes(size) { return size >= 1e6 ? `${(size / 1e6).toFixed(1)} MB` : `${(size / 1e3).toFixed(1)} kB`; }
  function body(image) {
    const row = (name, ...value) => make("div", {}, make("dt", {}, name), make("dd", {}, ...value));
    const count = (value) => value === null ? "not annotated" : String(value);
    const source = data.sources[images.path[image].split("/")[0]];
    const grade = images.grade[image];
    const box = (kind, label) => make("label", {}, make("input", { type: "checkbox", name: kind, checked: document.body.classList.contains(`show-${kind}`) }), label);
    const large = frame(image, "large", true);
    large.setAttribute("role", "img");
    large.setAttribute("aria-label", `${images.id[image]}, ${note(image)}`);
    const left = make("div", {}, large, make("fieldset", {}, make("legend", { class: "unseen" }, "Marks"),
      box("circles", `circles, v2${images.circles[image] ? ` (${images.circles[image].length / 4})` : ": none"}`),
      box("boxes", `boxes, v1${images.boxes[image] ? ` (${images.boxes[image].length / 4})` : ": none"}`)));
    const person = images.person[image];
    const trace = make("div", { class: "trace" },
      make("h3", {}, "What it is"),
      make("dl", { class: "rows" },
        row("File", make("code", {}, `data/raw/${images.path[image]}`)),
        row("SHA-256", make("code", { class: "sum" }, images.sha256[image])),
        row("Size", images.width[image] ? `${images.width[image]} × ${images.height[image]} px, ${bytes(images.bytes[image])}${images.turn[image] === 1 ? "" : `; stored turned (EXIF ${images.turn[image]}), shown upright`}` : `${bytes(images.bytes[image])}; it does not decode`),
        row("Source", source ? `${source.title}: ${source.licence}` : "unknown"),
        row("Pins", make("code", {}, source ? source.pins : "none")),
        row("Grade", grade === null ? "none" : `${grade} ${data.grades[grade]}`),
        row("Lesions", `v1 ${count(images.v1[image])}; v2 ${count(images.v2[image])}`),
        row("Person", person ? make("button", { type: "button", class: "link", "data-search": person }, person) : "unknown"),
        row("Group", make("bdi", {}, images.group[image]))),
      make("h3", {}, "Where it is placed"),
      make("dl", { class: "rows" }, ...images.places[image].map((text, i) => row(images.variants[i], images.texts[text] || "not there"))));
    if (images.related[image].length) {
      trace.append(make("h3", {}, "What it is related to"), make("ul", { class: "small" }, ...images.related[image].map(([kind, other, score]) =>
        make("li", {}, make("span", { class: "caption" }, `${RELATIONS[kind]}${score === null ? "" : ` (${score.toFixed(2)})`}`), picture(other)))));
    }
    const findings = about.findings.get(image) || [];
    if (findings.length) {
      trace.append(make("h3", {}, "What was found"), make("dl", { class: "rows" }, ...findings.map((index) => {
        const f = data.findings[index];
        return row(`${f.check} (${f.severity})`, ...withCode(`Found: ${f.found}. Done: ${f.done}. What to do: ${f.remedy}`));
      })));
    }
    const questions = about.questions.get(image) || [];
    if (questions.length) {
      trace.append(make("h3", {}, "What is asked"), make("ul", {}, ...questions.map((index) =>
        make("li", {}, make("a", { href: `#question-${index + 1}`, "data-leave": true }, `${index + 1}. ${data.questions[index].question}`)))));
    }
    trace.append(make("h3", {}, "All of it"), command(`acne04 trace ${quoted(images.path[image])}`));
    return [left, trace];
  }
  const quoted = (word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\"'\"'")}'`;
  function open(image, from) {
    opened = image;
    if (from) opener = from;
    $("image-title").replaceChildren(make("bdi", {}, images.id[image]));
    $("image-body").replaceChildren(...body(image));
    const at = order.indexOf(image);
    $("previous-image").disabled = at <= 0;
    $("next-image").disabled = at < 0 || at >= order.length - 1;
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
    history.replaceState(null, "", `#image=${encodeURIComponent(images.id[image])}`);
  }
  function step(by) {
    const next = order[order.indexOf(opened) + by];
    if (opened !== null && order.includes(opened) && next !== undefined) open(next);
  }
  dialog.addEventListener("close", () => {
    opened = null;
    if (location.hash.startsWith("#image=")) history.replaceState(null, "", location.pathname + location.search);
    if (opener && opener.isConnected) opener.focus();
    opener = null;
  });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.addEventListener("keydown", (event) => {
    if (event.target.matches("input")) return;
    if (event.key === "ArrowLeft") step(-1);
    if (event.key === "ArrowRight") step(1);
  });
  dialog.addEventListener("change", (event) => { if (event.target.name) mark(event.target.name, event.target.checked); });
  $("close-image").addEventListener("click", () => dialog.close());
  $("previous-image").addEventListener("click", () => step(-1));
  $("next-image").addEventListener("click", () => step(1));
  function openFromAddress() {
    const name = location.hash.startsWith("#image=") ? decodeURIComponent(location.hash.slice(7)) : null;
    if (name !== null && byId.has(name)) open(byId.get(name));
  }
  window.addEventListener("hashchange", openFromAddress);

  // Buttons of all parts.
  document.addEventListener("click", (event) => {
    const target = event.target.closest("button, a");
    if (!target) return;
    if (target.dataset.image !== undefined) open(Number(target.dataset.image), dialog.contains(target) ? null : target);
    if (target.dataset.leave !== undefined) dialog.close();
    if (target.dataset.copy !== undefined) copy(target);
    if (target.dataset.check !== undefined) {
      findingForm.reset();
      findingForm.elements.check.value = target.dataset.check;
      findingForm.elements.stage.value = target.dataset.stage;
      showFindings();
      $("each-finding").scrollIntoView();
      findingForm.elements.check.focus({ preventScroll: true });
    }
    if (target.dataset.search !== undefined) {
      dialog.close();
      galleryForm.elements.text.value = target.dataset.search;
      showGallery();
      $("gallery").scrollIntoView();
      galleryForm.elements.text.focus({ preventScroll: true });
    }
  });
  async function copy(button) {
    const text = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Where the browser gives no clipboard to a file, as it does of old.
      const area = make("textarea", { class: "unseen", "aria-hidden": "true" });
      area.value = text;
      button.after(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "Copied";
    $("copied").textContent = `copied: ${text}`;
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  }

  showFindings();
  showPairs();
  showGallery();
  openFromAddress();
})();
