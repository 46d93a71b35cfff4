/** The personal data critic: does a text name what belongs to a person? */

import { z } from 'zod'
import type { Critic, Evaluate } from '../../model/critic.ts'
import type { Finding } from '../../model/finding.ts'
import { builtInCritic, type BuiltIn, type CriticOptions } from './built-in-critic.ts'
import { Look, textsOf, type LookedAt } from './look.ts'
import { refuseBeyond } from './peer-text.ts'
import { emailsIn } from './personal-data/e-mail.ts'
import { ibansIn } from './personal-data/iban.ts'
import { ipAddressesIn } from './personal-data/ip-address.ts'
import {
  PERSONAL_DATA_KINDS,
  PERSONAL_DATA_SEVERITY,
  type PersonalDataKind,
  type Span,
} from './personal-data/kinds.ts'
import { validPhonesIn, type PhonesFound } from './personal-data/libphonenumber.ts'
import { paymentCardsIn } from './personal-data/payment-card.ts'
import { phonesIn } from './personal-data/phone.ts'
import { usSsnsIn } from './personal-data/us-ssn.ts'
import { counted, placeOf, Tally } from './tally.ts'

const Own = z.strictObject({
  /** What to look for; default: every kind. */
  kinds: z
    .array(z.enum(PERSONAL_DATA_KINDS))
    .min(1)
    .default([...PERSONAL_DATA_KINDS]),
  /** 0 to 3, by kind; defaults: cards and social security numbers 2.5, IBANs 2, the rest 1. */
  severities: z.partialRecord(z.enum(PERSONAL_DATA_KINDS), z.number().min(0).max(3)).default({}),
  /** Default true: private, loopback and documentation IP ranges, example.com and fictional 555 numbers are nobody's. */
  ignoreReserved: z.boolean().default(true),
  /** Exact values that may appear, e.g. your own support address. */
  allow: z.array(z.string().min(1)).default([]),
  /** Numbering plans of all countries. Needs libphonenumber-js. */
  libphonenumber: z
    .union([z.boolean(), z.strictObject({ defaultCountry: z.string().length(2).toUpperCase() })])
    .default(false),
  look: Look.default('response'),
})

export type PersonalDataOptions = z.input<typeof Own>

const kind: BuiltIn<typeof Own> = {
  defaults: { name: 'personal_data', stage: 'FAST_CRITICS', priority: 2, domain: 'rights' },
  own: Own,
  work: (own, name) => personalDataWork(own, name),
}

/**
 * Finds e-mail addresses, phone numbers, payment cards (issuer, length and Luhn), IBANs (length and mod 97), public IP
 * addresses and United States social security numbers. Rules are `personal_data.<kind>`; no message repeats the
 * value. Names, addresses of streets and birthdays are beyond patterns and are not found. With `libphonenumber`, a
 * text of more than 65,536 characters is an error.
 */
export function personalDataCritic<
  const Name extends string = 'personal_data',
  const DependsOn extends string = never,
>(
  options: PersonalDataOptions & CriticOptions<Name, DependsOn> = {},
): Critic<NoInfer<Name>, NoInfer<DependsOn>> {
  return builtInCritic(kind, options)
}

type Own = z.output<typeof Own>

function personalDataWork(own: Own, name: string): Evaluate {
  const seek = seeking(own)
  const usesLibrary = own.libphonenumber !== false && own.kinds.includes('phone')
  const country = typeof own.libphonenumber === 'object' ? own.libphonenumber.defaultCountry : undefined
  return (input) => {
    const tally = new Tally()
    const texts = textsOf(input, own.look)
    for (const looked of texts)
      for (const sought of own.kinds)
        if (!(usesLibrary && sought === 'phone'))
          seek(tally, looked, sought, counted(spansOf(sought, looked.text, own.ignoreReserved)))
    if (!usesLibrary) return conclude(tally, 0)
    for (const { text } of texts) refuseBeyond(text, name)
    return Promise.all(texts.map(({ text }) => validPhonesIn(text, country, `critic "${name}"`))).then(
      (phones) => concludeWithPhones(tally, texts, phones, seek),
    )
  }
}

type Seek = (tally: Tally, looked: LookedAt, sought: PersonalDataKind, spans: Iterable<Span>) => void

function seeking({ severities, allow }: Own): Seek {
  const allowed = new Set(allow)
  return (tally, { where, text }, sought, spans) => {
    const severity = severities[sought] ?? PERSONAL_DATA_SEVERITY[sought]
    for (const { start, end } of spans)
      if (allowed.size === 0 || !allowed.has(text.slice(start, end)))
        tally.add(`personal_data.${sought}`, severity, () => `${LABELS[sought]} ${placeOf(start, where)}`)
  }
}

function concludeWithPhones(
  tally: Tally,
  texts: readonly LookedAt[],
  phones: readonly PhonesFound[],
  seek: Seek,
) {
  texts.forEach((looked, index) => seek(tally, looked, 'phone', phones[index]?.spans ?? []))
  return conclude(
    tally,
    phones.reduce((sum, { unchecked }) => sum + unchecked, 0),
  )
}

/** What could not be looked at makes the finding uncertain enough to ask another critic. */
function conclude(tally: Tally, unchecked: number): Finding {
  const finding = tally.finding({
    clean: 'No personal data was found.',
    broken: 'Personal data was found (values withheld)',
  })
  return unchecked === 0
    ? finding
    : { ...finding, uncertainty: 0.8, mitigation: `${unchecked} possible phone numbers were left unchecked.` }
}

function spansOf(sought: PersonalDataKind, text: string, ignoreReserved: boolean): Iterable<Span> {
  switch (sought) {
    case 'email':
      return emailsIn(text, ignoreReserved)
    case 'phone':
      return phonesIn(text, ignoreReserved)
    case 'payment_card':
      return paymentCardsIn(text)
    case 'iban':
      return ibansIn(text)
    case 'ip_address':
      return ipAddressesIn(text, ignoreReserved)
    default:
      return usSsnsIn(text)
  }
}

const LABELS: Readonly<Record<PersonalDataKind, string>> = {
  email: 'an e-mail address',
  phone: 'a phone number',
  payment_card: 'a payment card number',
  iban: 'an IBAN',
  ip_address: 'an IP address',
  us_ssn: 'a United States social security number',
}
