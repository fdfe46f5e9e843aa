// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Html;

namespace Weir.Desk.Reporting.Html;

/// <summary>The words of the report, for who reads one for the first time.</summary>
internal static class GlossarySection
{
    public static readonly Markup Text = Markup.Literal("""
        <section id="words"><h2>Words</h2>
        <dl>
        <dt>Subscriber, subject</dt><dd>A line of the provider: an IPv4 address, or an IPv6 prefix. Written as a pseudonym outside the laboratory.</dd>
        <dt>Endpoint</dt><dd>Protocol, address and port on the other side of the provider's edge.</dd>
        <dt>Exchange</dt><dd>Traffic both ways within ten minutes. In sampled traffic one direction may have to do, and is marked so.</dd>
        <dt>Attempt</dt><dd>A contact that was not answered or was refused. Never an infection.</dd>
        <dt>Listed endpoint</dt><dd>On a list of known control servers that was in force at the time of the flow.</dd>
        <dt>Observed, expected</dt><dd>How many infected contacted an endpoint, and how many would have if the infected were like others of the same activity.</dd>
        <dt>IC, IC025</dt><dd>Logarithm to base 2 of observed over expected, each plus one half, and its lower 95 % bound: 3 means about eight times as often.</dd>
        <dt>p, q</dt><dd>The chance of such an excess without any cause; and after account is taken of how many endpoints were tested.</dd>
        <dt>Onset</dt><dd>Whether the infected began to contact the endpoint with the infection (passed), often did before (review), or it cannot be said (undetermined).</dd>
        <dt>Shared</dt><dd>An endpoint that too many other subscribers use for an address block to be acceptable.</dd>
        <dt>Power</dt><dd>Whether so few infected could have shown anything at all.</dd>
        </dl>
        </section>

        """);
}
