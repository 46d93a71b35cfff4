/** How warm it gets, and how long what is warm will live. */

import type { Requirements } from '../../requirements.ts'
import type { Performance } from '../../sizing/performance.ts'
import { digits, sentences } from '../markdown.ts'

export function heatStory(asked: Requirements, found: Performance): string {
  const { parts } = found
  return sentences([
    `In air of ${digits(asked.ambientC)} °C the transistors of a controller come to ${digits(found.junctionC)} °C (${parts.controller.junctionMaxC} °C allowed), the windings of a motor to ${digits(found.windingC)} °C (${parts.motor.windingMaxC} °C), and the cells to ${digits(found.cellC)} °C at the end of the flight (${parts.cell.temperatureMaxC} °C).`,
    `So the capacitors of the controllers live about ${digits(found.capacitorHours, 2)} flight hours, and the windings ${digits(found.windingHours, 2)}.`,
  ])
}
