/** Tokens that can be known by their first characters: one row a kind. */

/**
 * `pattern` is sticky and begins where one of `starts` stands. No character that may precede it is one it may
 * contain, so that runs of it are read once: the time stays linear.
 */
export type TokenRule = {
  readonly rule: string
  readonly severity: number
  readonly starts: readonly string[]
  readonly pattern: RegExp
}

/** 3 for what opens a door as it is, 2 for what opens it under conditions, 1 for test keys. */
export const TOKEN_RULES: readonly TokenRule[] = [
  {
    rule: 'secrets.aws_access_key',
    severity: 3,
    starts: ['AKIA', 'ASIA', 'ABIA', 'ACCA'],
    // Access key ids are base 32. Those of Amazon's documentation end in EXAMPLE.
    pattern: /A[A-Z]{3}(?![A-Z2-7]{9}EXAMPLE)[A-Z2-7]{16}/y,
  },
  {
    rule: 'secrets.github_token',
    severity: 3,
    starts: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /(?:gh[opusr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})/y,
  },
  {
    rule: 'secrets.gitlab_token',
    severity: 3,
    starts: ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glft-', 'glsoat-', 'glcbt-', 'glagent-', 'gloas-'],
    pattern: /gl[a-z]{2,5}-[\w-]{20,300}/y,
  },
  {
    rule: 'secrets.slack_token',
    severity: 3,
    starts: ['xoxb-', 'xoxa-', 'xoxp-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xapp-'],
    pattern: /(?:xox[abprse]|xoxe\.xox[bp]|xapp)-(?=[A-Za-z-]{0,30}\d)[A-Za-z0-9-]{20,300}/y,
  },
  {
    rule: 'secrets.slack_webhook',
    severity: 2,
    starts: ['hooks.slack.com/services/'],
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{16,40}/y,
  },
  {
    rule: 'secrets.stripe_key',
    severity: 3,
    starts: ['sk_live_', 'rk_live_', 'whsec_'],
    pattern: /(?:[sr]k_live_[A-Za-z0-9]{16,250}|whsec_[A-Za-z0-9+/]{24,100})/y,
  },
  {
    rule: 'secrets.stripe_test_key',
    severity: 1,
    starts: ['sk_test_', 'rk_test_'],
    pattern: /[sr]k_test_[A-Za-z0-9]{16,250}/y,
  },
  {
    rule: 'secrets.anthropic_key',
    severity: 3,
    starts: ['sk-ant-'],
    pattern: /sk-ant-[a-z]{2,8}\d{2}-[\w-]{32,300}/y,
  },
  {
    rule: 'secrets.openai_key',
    severity: 3,
    starts: ['sk-'],
    pattern:
      /(?:sk-(?:proj|svcacct|admin|None)-[\w-]{40,300}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}|sk-[A-Za-z0-9]{48})/y,
  },
  {
    rule: 'secrets.google_key',
    severity: 3,
    starts: ['AIza', 'GOCSPX-', 'ya29.'],
    pattern: /(?:AIza[\w-]{35}|GOCSPX-[\w-]{28}|ya29\.[\w-]{40,1000})/y,
  },
  {
    rule: 'secrets.jwt',
    severity: 2,
    starts: ['eyJ'],
    pattern: /eyJ[\w-]{8,4000}\.eyJ[\w-]{8,8000}\.[\w-]{16,2000}/y,
  },
]
