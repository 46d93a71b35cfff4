/** Every default and every bound, with its unit in the name. Nothing else in the source repeats them. */

const SECOND = 1_000

export const LIMITS = {
  /** A critic's place inside its stage: 1 goes first. */
  priority: { min: 1, max: 10, default: 5 },
  /** One attempt of one critic. */
  timeoutMs: { min: 1, max: 24 * 3_600 * SECOND, default: 10 * SECOND },
  retriesMax: { min: 0, max: 100, default: 0 },
  backoff: { baseMs: 2 * SECOND, factor: 2, maxMs: 60 * SECOND },
  costMax: 1e9,
  /** Critics running at once in one panel (or in everything that shares its limits). */
  concurrentMax: 10,
  /** Critics waiting for a permit. */
  queueMax: 1_000,
  /** Reviews under way at once; more are shed before they spend anything. */
  reviewsMax: 1_000,
  /** Retries of all critics of one review together. */
  retriesTotalMax: 20,
  reviewMs: 60 * SECOND,
  queueMs: 30 * SECOND,
  hookMs: 1 * SECOND,
  /** Critics of one panel. */
  criticsMax: 10_000,
  /** Depth and size of an input or a finding. */
  dataDepthMax: 100,
  dataNodesMax: 1_000_000,
  violationsMax: 100_000,
  /** Problems that are told of one finding; more are not worth reading. */
  problemsMax: 20,
  cache: { entriesMax: 10_000, ttlMs: 3_600 * SECOND },
  /** Of what a checkpoint saved, as JSON; more is compressed after it was committed. */
  checkpointCompressAboveBytes: 32 * 1_024,
  /** How often the owner of a store looks for requests of other processes. */
  inboxPollMs: 200,
  /** How long a write to a store waits while another process writes. */
  storeBusyMs: 5 * SECOND,
  /** One attempt of a task's agent, and how often it is tried again. */
  task: { timeoutMs: 30 * SECOND, retriesMax: 2 },
  /** Adapters of agents: what they take from a program, a thread or a service that nobody vouches for. */
  adapter: {
    /** One answer. */
    answerMaxBytes: 8 * 1_024 * 1_024,
    /** What a process said last, in the error of an attempt. */
    complaintMaxChars: 2_000,
    /** One report of progress; a longer line is no report. */
    reportMaxChars: 4_096,
    /** From SIGTERM to SIGKILL. */
    killGraceMs: 2 * SECOND,
    workerHeapMaxMiB: 512,
    /** A thread tells its host of its progress at most once in this time. */
    workerReportEveryMs: 100,
    model: { textMaxChars: 100_000, outputTokensMax: 4_000 },
  },
  agentBackoff: { baseMs: 1 * SECOND, factor: 2, maxMs: 60 * SECOND },
  /** Calls of one agent at once, and of all agents outside an orchestrator; those that wait, and how long. */
  agent: { concurrentMax: 5, callsConcurrentMax: 20, queueMax: 100, queueMs: 30 * SECOND },
  /**
   * Of the places of all agents: what agents that hold theirs for long may use of the time while others wait, and what
   * they leave free while nobody does.
   */
  slowAgents: { timeShare: 0.025, reserveShare: 0.25 },
  /** Agents of which one summary tells; what became of the calls of more is in the sums alone. */
  agentsTold: 10_000,
  /** How long one pause may be that waits for an open circuit breaker. */
  refusedMs: 600 * SECOND,
  /** One attempt tells at most one report of its progress in this time; and how long a report's text may be. */
  progress: { everyMs: 1 * SECOND, charsMax: 1_000 },
  /** Runs of one phase in a row, and of all phases of a project. */
  iterationsMax: 3,
  phasesMax: 100,
  /** Tasks of one phase. */
  tasksMax: 1_000,
  approval: {
    quorumMax: 1_000,
    deadlineMs: { default: 7 * 24 * 3_600 * SECOND, max: 100 * 365 * 24 * 3_600 * SECOND },
  },
  /** Names of people, roles and agents; texts that people write. */
  nameCharsMax: 200,
  textCharsMax: 10_000,
  intentCharsMax: 5_000,
  /** Rows that are read from a store at once. */
  pageMax: 500,
  /** Facts that may wait for one subscriber. */
  feedQueueMax: 10_000,
  /** How long one subscriber may take facts before projects have their turn again. */
  feedTurnMs: 5,
  /** Phase runs, and waits for approval, that telemetry holds in mind at once. */
  telemetryOpenMax: 10_000,
  /** Beginnings that telemetry has still to look up in the journal; more are told without. */
  telemetryLookupsMax: 1_000,
  /** Steps that become durable together. */
  commitStepsMax: 256,
  /** A content of a fact that is larger stays a reference where facts are read; bytes of JSON, about. */
  factInlineCharsMax: 8_192,
  /** How long the engine waits before it asks a store in trouble again. */
  storeRetry: { baseMs: 1 * SECOND, maxMs: 30 * SECOND },
  /** Tasks of all projects that run at once. */
  tasksConcurrentMax: 20,
  /** How long `stop` waits for running work before it aborts it. */
  drainMs: 10 * SECOND,
  /** How long whoever sent a request can still read its answer, at least. */
  answersKeptMs: 24 * 3_600 * SECOND,
  /** Parts that stand around a call. */
  resilience: {
    breaker: {
      failuresMax: 5,
      callsMin: 10,
      windowMs: 60 * SECOND,
      openMs: 60 * SECOND,
      trialsMax: 3,
      successesToClose: 3,
      slowRate: 1,
    },
    /** Failures that a breaker can have in mind one by one. */
    failuresRememberedMax: 10_000,
    bulkhead: { concurrentMax: 20, queueMax: 100, queueMs: 30 * SECOND },
    rate: { burst: 1, queueMax: 100, queueMs: 30 * SECOND },
    adaptive: { min: 1, max: 100, initial: 10, increase: 1, decrease: 0.5, coolMs: 1 * SECOND },
    retry: { retriesMax: 3, backoff: { baseMs: 1 * SECOND, factor: 2, maxMs: 60 * SECOND } },
    /** Calls at once, and callers that wait, of one bulkhead. */
    callsMax: 1_000_000,
    perSecondMax: 1_000_000,
  },
  /** One call of a gate, of rules for conflicts, of what makes a review's input; and the undoing of one phase. */
  gateMs: 300 * SECOND,
  compensateMs: 300 * SECOND,
  /** How often the undoing of one step is tried again before people are asked, and the pauses before. */
  compensation: {
    retriesMax: 2,
    backoff: { baseMs: 1 * SECOND, factor: 2, maxMs: 60 * SECOND, jitter: 'none' },
  },
  /** How long the undoing of a step waits for work that was cut and has not ended yet. */
  lingerMs: 5 * SECOND,
  /** How long a wake-up may be away: a clock that jumps is noticed by then. */
  timerLookMs: 60 * SECOND,
  /** A unit text, a name of a user's own unit, how many of those, and an exponent; texts whose meaning is kept. */
  units: {
    textCharsMax: 200,
    nameCharsMax: 32,
    definedMax: 1_000,
    exponentMax: 12,
    textsRememberedMax: 10_000,
  },
  /** Of one ISA; constraints and dependencies of one of its nodes; magnitudes of a `oneOf`. */
  isa: { nodesMax: 100_000, constraintsMax: 100, dependenciesMax: 1_000, sizesMax: 1_000 },
} as const

/** Node and browsers run a timer longer than this at once, so no delay may exceed it. Source: HTML, "timers", signed 32 bit. */
export const DELAY_MAX_MS = 2_147_483_647
