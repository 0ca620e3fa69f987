import { iconRoute } from "~/api/look-routes.server";

const route = iconRoute("favicon.ico");

export { route as loader, route as action };
