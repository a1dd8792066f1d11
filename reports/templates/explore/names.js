// Names such as IL-6 keep to one line, as in the rest of the report.

const NAME = /(?<![\p{L}\p{N}_-])((?=[\p{L}\p{N}_-]{3,20}(?![\p{L}\p{N}_-]))(?=.-|[\p{L}\p{N}_-]+[A-Z\d])[\p{L}\p{N}_]+(?:-[\p{L}\p{N}_]+)+)/u;

function say(place, text) {
  const pieces = text.split(NAME).map((piece, number) => {
    if (number % 2 === 0) return piece;
    const name = document.createElement("span");
    name.className = "name";
    name.textContent = piece;
    return name;
  });
  place.replaceChildren(...pieces);
}
