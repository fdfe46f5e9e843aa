// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Html;

namespace Weir.Desk.Console.Layout;

/// <summary>To an endpoint's page, wherever one is named.</summary>
internal static class EndpointLink
{
    public static string To(string endpoint) => $"/endpoint?endpoint={Uri.EscapeDataString(endpoint)}";

    public static Markup Write(string endpoint) => Markup.Format(
        $"""<a class="code" href="{To(endpoint)}">{endpoint}</a>""");
}
