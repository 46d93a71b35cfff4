import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { barChart } from '../../../examples/quadcopter/report/chart/bar-chart.ts'
import { lineChart } from '../../../examples/quadcopter/report/chart/line-chart.ts'
import { scaleOf } from '../../../examples/quadcopter/report/chart/scale.ts'
import { svg } from '../../../examples/quadcopter/report/chart/svg.ts'
import { digits, inline, table } from '../../../examples/quadcopter/report/markdown.ts'
import { wellFormed } from './well-formed.ts'

describe('an axis', () => {
  it('covers every value with round ticks in growing order', () => {
    const value = fc.integer({ min: -1e6, max: 1e6 }).map((hundredths) => hundredths / 100)
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
        const { ticks, at } = scaleOf(values, 100)
        for (const one of values) {
          expect(at(one)).toBeGreaterThanOrEqual(-1e-6)
          expect(at(one)).toBeLessThanOrEqual(100 + 1e-6)
        }
        expect(ticks.length).toBeGreaterThan(1)
        expect(ticks.length).toBeLessThan(15)
        expect(ticks).toEqual([...new Set(ticks)].toSorted((one, other) => one - other))
      }),
    )
    expect(scaleOf([0, 9], 100, 5).ticks).toEqual([0, 2, 4, 6, 8, 10])
  })
})

describe('a chart', () => {
  const paper = { title: 'a < b & "c"', description: 'x > y', width: 100, height: 100 }

  it('is well-formed, with what people write in it escaped', () => {
    const lines = lineChart({
      xLabel: 'time, s',
      yLabel: 'a<b',
      series: [
        {
          name: 'R&D',
          kind: 'last',
          points: [
            [0, 1],
            [1, 3],
          ],
          draw: 'dots',
        },
      ],
      limits: [
        { at: 2, name: '>2' },
        { at: 2.1, name: 'just so', isReference: true },
      ],
      mark: { at: 0.5, name: 'here' },
      box: { x: 10, y: 10, width: 80, height: 80 },
    })
    const bars = barChart({
      label: 'kg',
      names: { last: 'now', first: 'then', limit: 'most' },
      bars: [{ name: 'a', last: 1, first: 2, limit: 3, note: 'a & b' }],
      box: { x: 10, y: 10, width: 80, rowPx: 20 },
    })
    for (const body of [lines, bars]) expect(wellFormed(svg(paper, body))).toBe(true)
    expect(wellFormed('<svg><a></svg></a>')).toBe(false)
    expect(wellFormed('<svg>a & b</svg>')).toBe(false)
  })

  it('draws a point where its value lies on the axes', () => {
    const [polyline] = lineChart({
      xLabel: '',
      yLabel: '',
      series: [
        {
          name: '',
          kind: 'last',
          points: [
            [0, 0],
            [10, 5],
          ],
        },
      ],
      box: { x: 100, y: 50, width: 200, height: 100 },
    }).filter((element) => element.startsWith('<polyline'))
    expect(polyline).toContain('points="100,150 300,50"')
  })
})

describe('markdown', () => {
  it('keeps the columns of a table whatever stands in it', () => {
    expect(table('lr', ['a', 'b'], [['x|y', 1]])).toBe('| a | b |\n| --- | --: |\n| x\\|y | 1 |')
  })

  it('takes what a person wrote for text alone', () => {
    expect(inline(' a\n# <b>|*c*')).toBe('a \\# \\<b\\>\\|\\*c\\*')
  })

  it('writes the digits that count', () => {
    expect(digits(0.012_345)).toBe('0.0123')
    expect(digits(5.149)).toBe('5.15')
    expect(digits(11_151)).toBe('11200')
    expect(digits(890_273)).toBe('more than 100000')
  })
})
