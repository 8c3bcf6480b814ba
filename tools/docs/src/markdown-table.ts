export type Row = readonly string[];

/** A Markdown table; cells may hold any text but line breaks. */
export function markdownTable(header: Row, rows: readonly Row[]): string {
  const rule = header.map(() => '---');
  return [header, rule, ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n');
}

/** A pipe would end the cell, and angle brackets outside code would be HTML. */
function cell(text: string): string {
  const escaped = text.replaceAll('|', '\\|');
  return escaped.startsWith('`') ? escaped : escaped.replaceAll('<', '&lt;');
}
