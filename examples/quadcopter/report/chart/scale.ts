/** Axes: round numbers for ticks, and where a value lies on the paper. */

export type Scale = {
  readonly ticks: readonly number[]
  /** Pixels from the beginning of the axis. */
  readonly at: (value: number) => number
}

/** Steps of 1, 2 or 5 times a power of ten; about `count` of them cover the values. Source: Heckbert 1990, Graphics Gems, "Nice numbers". */
export function scaleOf(values: readonly number[], lengthPx: number, count = 6): Scale {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = most - least || Math.abs(most) || 1
  const rough = span / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5, 10].find((times) => times * power >= rough) ?? 10)
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)]
  const top = last === first ? last + 1 : last
  const ticks = Array.from({ length: top - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
  return { ticks, at: (value) => ((value - first * step) / ((top - first) * step)) * lengthPx }
}
