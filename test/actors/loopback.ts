/** A server in this process, for what goes over HTTP. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** Hears of a request once all of its body is there. */
export type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void

export type Loopback = {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string
  /** Ends connections too; the end of the test does it by itself. */
  readonly close: () => Promise<void>
}

export async function loopback(handle: Handler): Promise<Loopback> {
  const server = createServer((request, response) => {
    let body = ''
    request.setEncoding('utf8').on('data', (part: string) => (body += part))
    request.on('end', () => handle(request, body, response))
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
  onTestFinished(close)
  // A server that listens on a port has an address of this kind.
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}

export const json = (response: ServerResponse, status: number, body: string) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(body)
