import { iconRoute } from "~/api/look-routes.server";

const route = iconRoute("apple-touch-icon.png");

export { route as loader, route as action };
