// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Customers;
using Weir.Vault.Texts;
using Weir.Wire;

namespace Weir.Vault.Notifying;

/// <summary>A notice with invented facts, for who writes templates and for who wants to know what customers read.
/// Addresses and names are those of RFC 5737 and RFC 2606.</summary>
internal static class NoticeSample
{
    /// <param name="texts">Its texts.</param>
    /// <param name="settings">The provider's name and ways; invented ones where they are missing.</param>
    /// <param name="step">Which step.</param>
    /// <param name="language">One that there are texts for.</param>
    public static (string Subject, string Plain, string Html) Write(
        TextCatalogue texts, NoticeDeliveryOptions settings, NoticeStep step, string language)
    {
        var terms = settings with
        {
            Provider = settings.Provider ?? "Example Net",
            Phone = settings.Phone ?? "+1 555 0100",
            Page = settings.Page ?? new Uri("https://www.example.net/security"),
        };
        return new NoticeText(texts, terms).Write(Invented(step), new CustomerContact(
            "customer@example.net", language, IsProtected: false, "A. Example"));
    }

    private static CustomerNotice Invented(NoticeStep step)
    {
        var endpoint = new Weir.Contracts.Flows.Endpoint(IpKey.Parse("192.0.2.7"), 443, Protocols.Tcp);
        var first = new DateTimeOffset(2026, 1, 12, 8, 15, 0, TimeSpan.Zero);
        var facts = new CustomerFacts
        {
            Finding = DetectionRules.All.First(rule => rule.IsContact).Id,
            Purpose = Purpose.CncContact,
            Rule = "cnc-contact/1",
            Class = new()
            {
                Protocol = endpoint.Protocol, RemotePorts = [endpoint.Port], Remotes = [endpoint.Address],
            },
            FarEnd = endpoint,
            First = first,
            Last = first.AddHours(3),
            Measured = new(12, 1, "exchanges", 600),
        };
        IReadOnlyList<ActionTaken> done = step switch
        {
            NoticeStep.EndpointBlocked => [new(ActionKind.ClosedForLine, endpoint.ToString(), first.AddDays(14))],
            NoticeStep.LeakyGarden => [new(ActionKind.LeakyGarden, "", first.AddDays(1))],
            NoticeStep.StrictGarden => [new(ActionKind.StrictGarden, "", first.AddDays(2))],
            NoticeStep.Released => [new(ActionKind.Released, "", first.AddDays(3))],
            _ => [],
        };
        return new(
            new CaseId(0x0011_2233_4455_6677), new ScopeId(0x0102_0304_0506_0708), step, facts, done,
            "https://help.example.net" + CaseLinks.Path + "EXAMPLE");
    }
}
