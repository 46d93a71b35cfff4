/** The paper that charts are drawn on: one SVG document, legible on white and on black. */

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** Two digits after the point are finer than a pixel. */
export const px = (value: number): string => String(Number(value.toFixed(2)))

/** Blue and orange are told apart by every kind of eye. Source: after Okabe & Ito 2002, Color Universal Design. */
const STYLE = `
  .paper { fill: #ffffff } .ink { fill: #1f2328 } .faint { fill: #59636e } .grid { stroke: #d1d9e0; stroke-width: 1 }
  .axis { stroke: #59636e; stroke-width: 1 } text { font-family: system-ui, 'Segoe UI', Helvetica, Arial, sans-serif; font-size: 13px }
  .title { font-size: 16px; font-weight: 600 } .small { font-size: 12px; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; stroke-linejoin: round }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round } .last-line { stroke: #0969da } .first-line { stroke: #d4730a; stroke-dasharray: 7 4 }
  .last-fill { fill: #0969da } .first-fill { fill: #d4730a } .limit-line { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 3 3 } .limit-ink { fill: #cf222e }
  .mark-line { stroke: #59636e; stroke-width: 1; stroke-dasharray: 2 4 }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .small { stroke: #0d1117 } .ink { fill: #e6edf3 } .faint { fill: #9198a1 } .grid { stroke: #30363d } .axis { stroke: #9198a1 }
    .last-line { stroke: #58a6ff } .first-line { stroke: #f0a04b } .last-fill { fill: #58a6ff } .first-fill { fill: #f0a04b }
    .limit-line { stroke: #ff7b72 } .limit-ink { fill: #ff7b72 } .mark-line { stroke: #9198a1 }
  }`

export type Paper = {
  readonly title: string
  /** For who cannot see it. */
  readonly description: string
  readonly width: number
  readonly height: number
}

export const svg = ({ title, description, width, height }: Paper, body: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title description">
<title id="title">${escaped(title)}</title>
<desc id="description">${escaped(description)}</desc>
<style>${STYLE}
</style>
<rect class="paper" width="${width}" height="${height}" rx="8"/>
<text class="title ink" x="20" y="30">${escaped(title)}</text>
${body.join('\n')}
</svg>
`

export type Anchor = 'start' | 'middle' | 'end'

export const text = (
  x: number,
  y: number,
  content: string,
  { anchor = 'start', kind = 'faint small' }: { readonly anchor?: Anchor; readonly kind?: string } = {},
): string =>
  `<text class="${kind}" x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escaped(content)}</text>`

export const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<line class="${kind}" x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}"/>`
