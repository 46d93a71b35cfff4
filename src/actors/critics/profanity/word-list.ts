/** The built-in list of profane English words: small on purpose, and without words that have an innocent use. */

export type Grade = 'mild' | 'strong' | 'slur'

export const GRADE_SEVERITY: Readonly<Record<Grade, number>> = { mild: 0.5, strong: 1.5, slur: 2.5 }

/** Each stem stands for itself and for itself with each ending, written without a space. */
const STEMS: readonly { readonly grade: Grade; readonly stems: string; readonly endings: string }[] = [
  { grade: 'mild', stems: 'damn goddamn', endings: 'ed it' },
  { grade: 'mild', stems: 'crap', endings: 'py' },
  { grade: 'mild', stems: 'arse', endings: 's' },
  { grade: 'strong', stems: 'fuck motherfuck mindfuck', endings: 's ed er ers in ing up off face wit head' },
  { grade: 'strong', stems: 'shit bullshit horseshit dipshit', endings: 's ty ting ter head hole show load' },
  { grade: 'strong', stems: 'bitch', endings: 'es y ing ed' },
  { grade: 'strong', stems: 'asshole arsehole dumbass jackass dickhead', endings: 's es' },
  { grade: 'strong', stems: 'cunt twat wanker bellend bollocks', endings: 's' },
  { grade: 'strong', stems: 'cocksuck', endings: 'er ers ing' },
  { grade: 'strong', stems: 'bastard', endings: 's' },
  { grade: 'strong', stems: 'whore', endings: 's' },
  { grade: 'slur', stems: 'nigger nigga faggot kike tranny', endings: 's' },
]

/** All forms of the list, with their grade. */
export function builtInProfanity(): ReadonlyMap<string, Grade> {
  const words = new Map<string, Grade>()
  for (const { grade, stems, endings } of STEMS)
    for (const stem of stems.split(' '))
      for (const ending of ['', ...endings.split(' ')]) words.set(stem + ending, grade)
  return words
}
