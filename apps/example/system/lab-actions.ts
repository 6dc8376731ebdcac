import { expect } from 'vitest'

/** Posts an action of the lab, as its page does. */
export async function postAction(url: string, action: string, body: object): Promise<void> {
  const response = await fetch(`${url}/lab/${action}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-postern-lab': '1' },
    body: JSON.stringify(body),
  })
  expect(response.status).toBe(200)
}
