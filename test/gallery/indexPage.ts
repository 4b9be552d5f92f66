/** One page with all pictures, each card in its variants side by side. */
export function indexPage(
  cards: readonly { readonly name: string; readonly files: readonly string[] }[],
): string {
  const section = ({ name, files }: (typeof cards)[number]): string => {
    const pictures = files.map(
      (file) =>
        `<figure><img src="${file}" alt="${file}" loading="lazy"><figcaption>${file}</figcaption></figure>`,
    );
    return `<section id="${name}"><h2>${name}</h2><div>${pictures.join('')}</div></section>`;
  };
  const links = cards.map(({ name }) => `<a href="#${name}">${name}</a>`).join(' ');
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Cards of feishu-ticket-bot</title>
<style>
body { font: 15px/1.5 system-ui, sans-serif; margin: 24px; background: #fff; color: #1f2329; }
nav { display: flex; flex-wrap: wrap; gap: 4px 12px; }
section > div { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; }
figure { margin: 0; } figcaption { color: #646a73; font-size: 12px; }
img { max-width: 480px; border: 1px solid #dee0e3; border-radius: 8px; }
</style>
<h1>Cards of feishu-ticket-bot</h1>
<nav>${links}</nav>
${cards.map(section).join('\n')}
</html>
`;
}
