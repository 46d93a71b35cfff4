/** The eight phases of a hardware design, as people are told of them. */

const SECOND = 1_000

export type HardwarePhase =
  | 'FEASIBILITY'
  | 'PLANNING'
  | 'GEOMETRY_KERNEL'
  | 'MULTI_PHYSICS'
  | 'MANUFACTURING'
  | 'VALIDATION'
  | 'SOURCING'
  | 'DOCUMENTATION'

export type HardwarePhaseInfo = {
  readonly name: HardwarePhase
  /** For people; `name` is for programs. */
  readonly title: string
  readonly description: string
  readonly icon: string
  /** The longest way through its tasks, each taking its whole timeout once. */
  readonly estimatedMs: number
  readonly hasGate: boolean
}

/** In the order in which they run. */
export const HARDWARE_PHASES: readonly HardwarePhaseInfo[] = [
  {
    name: 'FEASIBILITY',
    title: 'Feasibility',
    description: 'Can it be built at all, and for about what price?',
    icon: '🔍',
    estimatedMs: 15 * SECOND,
    hasGate: true,
  },
  {
    name: 'PLANNING',
    title: 'Planning',
    description: 'What is wanted, where it will work, and the plan that people can approve.',
    icon: '📋',
    estimatedMs: 65 * SECOND,
    hasGate: true,
  },
  {
    name: 'GEOMETRY_KERNEL',
    title: 'Geometry',
    description: 'Its shape, and what follows from the shape: mass, strength, flow.',
    icon: '📐',
    estimatedMs: 145 * SECOND,
    hasGate: false,
  },
  {
    name: 'MULTI_PHYSICS',
    title: 'Physics',
    description: 'Heat, load, electricity, material and chemistry, and where they contradict each other.',
    icon: '🔬',
    estimatedMs: 60 * SECOND,
    hasGate: false,
  },
  {
    name: 'MANUFACTURING',
    title: 'Manufacturing',
    description: 'How it is made: process, print, and a lighter structure where it is too heavy.',
    icon: '🏭',
    estimatedMs: 150 * SECOND,
    hasGate: false,
  },
  {
    name: 'VALIDATION',
    title: 'Validation',
    description: 'Does it do what was asked? If not, what went wrong and what would be better?',
    icon: '🧪',
    estimatedMs: 150 * SECOND,
    hasGate: true,
  },
  {
    name: 'SOURCING',
    title: 'Sourcing',
    description: 'The parts to buy, and what else it takes to run one or many.',
    icon: '📦',
    estimatedMs: 60 * SECOND,
    hasGate: false,
  },
  {
    name: 'DOCUMENTATION',
    title: 'Documentation',
    description: 'The documents, and a look over them.',
    icon: '📄',
    estimatedMs: 90 * SECOND,
    hasGate: false,
  },
]
