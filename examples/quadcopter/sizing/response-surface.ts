/** A quadratic response surface: a second-order polynomial of a few variables, fitted by least squares. */

export type Surface = {
  readonly coefficients: readonly number[]
  /** Share of the samples' variance that it explains, up to 1. */
  readonly rSquared: number
}

/** 1, every variable, every product of two: (n + 1)(n + 2) / 2 terms. Source: Box & Wilson 1951, J. R. Stat. Soc. B 13. */
export function quadraticTerms(point: readonly number[]): readonly number[] {
  const products = point.flatMap((one, index) => point.slice(index).map((other) => one * other))
  return [1, ...point, ...products]
}

export const predict = ({ coefficients }: Surface, terms: readonly number[]): number =>
  coefficients.reduce((sum, coefficient, index) => sum + coefficient * (terms[index] ?? 0), 0)

/** Keeps the fit unique where a catalogue leaves two variables hand in hand; variables are of the order of 1. */
const RIDGE = 1e-6

/**
 * Fits surfaces of several responses over the same points at once: (XᵀX + λI) b = Xᵀy, by Cholesky's decomposition.
 * Source: Myers, Montgomery & Anderson-Cook 2016, Response Surface Methodology, 2.2; ridge: Hoerl & Kennard 1970.
 */
export function fitSurfaces(
  points: readonly (readonly number[])[],
  responses: readonly (readonly number[])[],
): readonly Surface[] {
  const rows = points.map(quadraticTerms)
  const size = rows[0]?.length ?? 0
  const lower = cholesky(normalMatrix(rows, size))
  return responses.map((values) => {
    const right = Array.from({ length: size }, (_, term) =>
      rows.reduce((sum, row, index) => sum + (row[term] ?? 0) * (values[index] ?? 0), 0),
    )
    const coefficients = solve(lower, right)
    return { coefficients, rSquared: explained(coefficients, rows, values) }
  })
}

function normalMatrix(rows: readonly (readonly number[])[], size: number): readonly (readonly number[])[] {
  return Array.from({ length: size }, (_, one) =>
    Array.from({ length: one + 1 }, (__, other) =>
      rows.reduce((sum, row) => sum + (row[one] ?? 0) * (row[other] ?? 0), one === other ? RIDGE : 0),
    ),
  )
}

/** Lower triangle L with L Lᵀ the matrix, of which only the lower triangle is read. */
function cholesky(matrix: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const lower: number[][] = []
  for (const [one, row] of matrix.entries()) {
    const line: number[] = []
    for (let other = 0; other <= one; other += 1) {
      const above = other === one ? line : (lower[other] ?? [])
      let rest = row[other] ?? 0
      for (let term = 0; term < other; term += 1) rest -= (line[term] ?? 0) * (above[term] ?? 0)
      line.push(other === one ? Math.sqrt(Math.max(rest, RIDGE * RIDGE)) : rest / (above[other] ?? 1))
    }
    lower.push(line)
  }
  return lower
}

function solve(lower: readonly (readonly number[])[], right: readonly number[]): readonly number[] {
  const middle: number[] = []
  for (const [one, row] of lower.entries()) {
    let rest = right[one] ?? 0
    for (let other = 0; other < one; other += 1) rest -= (row[other] ?? 0) * (middle[other] ?? 0)
    middle.push(rest / (row[one] ?? 1))
  }
  const solved = middle.map(() => 0)
  for (let one = lower.length - 1; one >= 0; one -= 1) {
    let rest = middle[one] ?? 0
    for (let other = one + 1; other < lower.length; other += 1)
      rest -= (lower[other]?.[one] ?? 0) * (solved[other] ?? 0)
    solved[one] = rest / (lower[one]?.[one] ?? 1)
  }
  return solved
}

function explained(
  coefficients: readonly number[],
  rows: readonly (readonly number[])[],
  values: readonly number[],
): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const total = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  const missed = values.reduce(
    (sum, value, index) => sum + (value - predict({ coefficients, rSquared: 0 }, rows[index] ?? [])) ** 2,
    0,
  )
  return total === 0 ? 1 : 1 - missed / total
}
