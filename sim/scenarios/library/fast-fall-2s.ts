import { createFastFall } from "../fast-fall.ts";

export default createFastFall("fast-fall-2s", 2);
