/** Finds e-mail addresses. */

import type { Span } from './kinds.ts'

/** RFC 5321: the part before the sign has at most 64 characters, a domain 253, a label 63. */
const LOCAL_MAX = 64
/** Beyond ASCII everything from U+00C0 on may be a letter of an international name. */
const DOMAIN =
  /(?:[a-z0-9\u00c0-\uffff](?:[a-z0-9\u00c0-\uffff-]{0,61}[a-z0-9\u00c0-\uffff])?\.){1,8}(?:[a-z\u00c0-\uffff]{2,24}|xn--[a-z0-9-]{2,59})(?![\w\u00c0-\uffff-])/iy

/** RFC 2606 and RFC 6761: names that belong to nobody. */
const RESERVED = /(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost|local)$/i

/** File names such as icon@2x.png, and versions such as tool@1.2.next. */
const NOT_A_DOMAIN =
  /(?:^v?\d{1,5}\.\d)|\.(?:png|jpe?g|gif|svg|webp|avif|ico|css|s?css|less|[cm]?[jt]sx?|json|ya?ml|md|html?|py|rb|go|rs|sh|txt|log|lock|zip|gz)$/i

export function* emailsIn(text: string, ignoreReserved: boolean): Generator<Span> {
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at)
    if (start === at) continue
    const domain = domainAfter(text, at)
    if (domain === undefined || isCredential(text, start) || isRemote(text, start, at, domain)) continue
    if (ignoreReserved && RESERVED.test(domain)) continue
    yield { start, end: at + 1 + domain.length }
  }
}

function domainAfter(text: string, at: number): string | undefined {
  DOMAIN.lastIndex = at + 1
  const domain = DOMAIN.exec(text)?.[0]
  return domain === undefined || NOT_A_DOMAIN.test(domain) ? undefined : domain
}

/** The first character of what stands before the sign: no dot at its ends, nor two together. */
function localStart(text: string, at: number): number {
  let start = at
  while (start > 0 && at - start <= LOCAL_MAX && isLocal(text.charCodeAt(start - 1))) start--
  while (start < at && text.charAt(start) === '.') start++
  const local = text.slice(start, at)
  return at - start > LOCAL_MAX || local.endsWith('.') || local.includes('..') ? at : start
}

/** The signs of RFC 5322's "atom", letters and digits. */
const LOCAL = new Uint8Array(0x80)
for (const sign of ".!#$%&'*+/=?^_`{|}~-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
  LOCAL[sign.charCodeAt(0)] = 1

function isLocal(unit: number): boolean {
  return unit < 0x80 ? LOCAL[unit] === 1 : unit >= 0xc0 && /[\p{L}\p{N}]/u.test(String.fromCharCode(unit))
}

/** The password or the user of a URL: the secrets critic's business. */
function isCredential(text: string, start: number): boolean {
  const before = text.slice(Math.max(0, start - LOCAL_MAX), start)
  const scheme = before.lastIndexOf('://')
  return scheme >= 0 && !/\s/.test(before.slice(scheme))
}

/** `git@host:path` and `//user@host` name a machine, not a person. */
function isRemote(text: string, start: number, at: number, domain: string): boolean {
  const local = text.slice(start, at)
  return (local === 'git' && /[:/]/.test(text.charAt(at + 1 + domain.length))) || local.includes('//')
}
