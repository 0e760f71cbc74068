// The part of Markdown that Teams cards know: bold, italic, https links, lists. Everything is escaped first.

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escapeHtml(text) {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

function inline(text) {
  const kept = [];
  const keep = (html) => `\uE000${kept.push(html) - 1}\uE001`;
  return escapeHtml(text.replace(/[\uE000\uE001]/g, ""))
    .replace(/\\([\\`*_{}[\]()#+\-.!~|])/g, (_, literal) => keep(literal))
    .replace(/\[([^\]]+)\]\((https:\/\/[^\s()]+)\)/g, (_, label, url) =>
      `${keep(`<a href="${url}" target="_blank" rel="noopener noreferrer">`)}${label}${keep("</a>")}`)
    .replace(/&lt;at&gt;(.*?)&lt;\/at&gt;/g, "<b>$1</b>")
    .replace(/\*\*(?=\S)(.+?)(?<=\S)\*\*|(?<!\w)__(?=\S)(.+?)(?<=\S)__(?!\w)/g, (_, a, b) => `<b>${a ?? b}</b>`)
    .replace(/\*(?=\S)([^*]+?)(?<=\S)\*|(?<!\w)_(?=\S)([^_]+?)(?<=\S)_(?!\w)/g, (_, a, b) => `<i>${a ?? b}</i>`)
    .replace(/\uE000(\d+)\uE001/g, (_, index) => kept[index]);
}

const ITEM = /^\s*(?:([-*+])|(\d+)[.)])\s+(.*)$/;

function list(lines) {
  const first = ITEM.exec(lines[0]);
  const items = lines.map((line) => `<li>${inline(ITEM.exec(line)[3])}</li>`).join("");
  return first[1] ? `<ul>${items}</ul>` : `<ol start="${first[2]}">${items}</ol>`;
}

// As in Microsoft's renderer with its usual Markdown library, a single line break is a blank: only an empty line starts anew.
export function markdown(text) {
  const blocks = [];
  for (const paragraph of text.split(/(?:\r?\n|\r)[ \t]*(?:\r?\n|\r)+/)) {
    let run = [];
    let listing = false;
    const flush = () => {
      if (run.length) blocks.push(listing ? list(run) : `<p>${inline(run.join(" "))}</p>`);
      run = [];
    };
    for (const line of paragraph.split(/\r?\n|\r/)) {
      if (ITEM.test(line) !== listing) { flush(); listing = !listing; }
      run.push(line);
    }
    flush();
  }
  return blocks.join("");
}
