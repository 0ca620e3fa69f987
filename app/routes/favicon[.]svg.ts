import { iconRoute } from "~/api/look-routes.server";

const route = iconRoute("favicon.svg");

export { route as loader, route as action };
