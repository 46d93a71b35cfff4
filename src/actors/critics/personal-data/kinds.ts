/** The kinds of personal data the critic knows, and how grave each is. */

export const PERSONAL_DATA_KINDS = ['email', 'phone', 'payment_card', 'iban', 'ip_address', 'us_ssn'] as const

export type PersonalDataKind = (typeof PERSONAL_DATA_KINDS)[number]

/** 2.5 and above denies by itself: what money or an identity can be stolen with. */
export const PERSONAL_DATA_SEVERITY: Readonly<Record<PersonalDataKind, number>> = {
  email: 1,
  phone: 1,
  payment_card: 2.5,
  iban: 2,
  ip_address: 1,
  us_ssn: 2.5,
}

/** A found value, by its place alone. */
export type Span = { readonly start: number; readonly end: number }
