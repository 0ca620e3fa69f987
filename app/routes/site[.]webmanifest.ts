import { manifestRoute } from "~/api/look-routes.server";

const route = manifestRoute();

export { route as loader, route as action };
