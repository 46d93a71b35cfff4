/** A lifecycle that designs a quadcopter: small agents, real formulas, no network and no keys. */

import { hardwareDesign } from 'stagecraft/runtime'
import { document } from './agents/documentation.ts'
import { costEstimator, geometryEstimator } from './agents/feasibility.ts'
import { designer, fluid, geometry, massProperties, structural } from './agents/geometry.ts'
import { manufacturing, slicer } from './agents/manufacturing.ts'
import { chemistry, electronics, material, thermal } from './agents/physics.ts'
import { conversational, environment } from './agents/planning.ts'
import { component } from './agents/sourcing.ts'
import { forensic, optimization, validation } from './agents/validation.ts'

export const droneLifecycle = hardwareDesign({
  agents: {
    GeometryEstimator: geometryEstimator,
    CostEstimator: costEstimator,
    Conversational: conversational,
    Environment: environment,
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
    Manufacturing: manufacturing,
    Slicer: slicer,
    Validation: validation,
    Forensic: forensic,
    Optimization: optimization,
    Component: component,
  },
  budget: 2_000,
})
