/** A lifecycle that designs a quadcopter: small agents, published formulas, no network and no keys. */

import { hardwareDesign, type PhaseView } from 'stagecraft/runtime'
import { chemistry } from './agents/chemistry.ts'
import { component } from './agents/component.ts'
import { conversational } from './agents/conversational.ts'
import { costEstimator } from './agents/cost-estimator.ts'
import { designer } from './agents/designer.ts'
import { document } from './agents/document.ts'
import { electronics } from './agents/electronics.ts'
import { environment } from './agents/environment.ts'
import { fluid } from './agents/fluid.ts'
import { forensic } from './agents/forensic.ts'
import { geometryEstimator } from './agents/geometry-estimator.ts'
import { geometry } from './agents/geometry.ts'
import { manufacturing } from './agents/manufacturing.ts'
import { massProperties } from './agents/mass-properties.ts'
import { material } from './agents/material.ts'
import { optimization } from './agents/optimization.ts'
import { physics } from './agents/physics.ts'
import { review } from './agents/review.ts'
import { slicer } from './agents/slicer.ts'
import { structural } from './agents/structural.ts'
import { surrogate } from './agents/surrogate.ts'
import { thermal } from './agents/thermal.ts'
import { topological } from './agents/topological.ts'
import { validation } from './agents/validation.ts'
import { summaryOf } from './design-summary.ts'
import { bookingTasks } from './manufacturing/bookings.ts'
import type { Ledger } from './manufacturing/ledger.ts'
import { designedIn, QuadcopterView } from './view.ts'

/** The name under which the orchestrator has to be given the panel. */
export const PANEL = 'quadcopter-design'

const AGENTS = {
  GeometryEstimator: geometryEstimator,
  CostEstimator: costEstimator,
  Conversational: conversational,
  Environment: environment,
  Topological: topological,
  Document: document,
  Designer: designer,
  Geometry: geometry,
  MassProperties: massProperties,
  Structural: structural,
  Fluid: fluid,
  Thermal: thermal,
  Electronics: electronics,
  Material: material,
  Chemistry: chemistry,
  Physics: physics,
  Manufacturing: manufacturing,
  Slicer: slicer,
  Surrogate: surrogate,
  Validation: validation,
  Forensic: forensic,
  Optimization: optimization,
  Component: component,
  Review: review,
}

/** The design as it stands, for the panel. */
const input = (view: PhaseView) => {
  const read = QuadcopterView.parse(view)
  return {
    prompt: read.project.intent,
    response: JSON.stringify(summaryOf(designedIn(read).design, read.asked)),
  }
}

/** What is booked for manufacturing stands in the ledger, and is taken back when the phase does not pass. */
export const quadcopterLifecycle = (ledger: Ledger) =>
  hardwareDesign({
    agents: AGENTS,
    budget: 6_000,
    phases: {
      MANUFACTURING: { tasks: bookingTasks(ledger) },
      VALIDATION: { review: { panel: PANEL, input } },
      SOURCING: { review: { panel: PANEL, input } },
    },
  })
