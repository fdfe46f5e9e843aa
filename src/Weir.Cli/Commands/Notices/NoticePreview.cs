// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Notifying;
using Weir.Vault.Texts;
using Weir.Wire;

namespace Weir.Cli.Commands.Notices;

/// <summary>A notice with invented facts, for who writes templates. Addresses and names are those of RFC
/// 5737 and RFC 2606.</summary>
internal static class NoticePreview
{
    /// <exception cref="OperatorException">The step, the language or a template is none.</exception>
    public static (string Subject, string Plain, string Html) Write(
        NoticeDeliveryOptions settings, string word, string language)
    {
        var step = NoticeNames.TryParse(word, out NoticeStep known) ? known
            : throw new OperatorException($"--step '{word}' is none; write one of "
                + $"{string.Join(", ", Enum.GetValues<NoticeStep>().Select(NoticeNames.ToName))}");
        try
        {
            var templates = TextCatalogue.Read(settings.Templates);
            if (!templates.Languages.Contains(language))
            {
                throw new OperatorException($"--language '{language}' has no texts; there are "
                    + $"{string.Join(", ", templates.Languages.Order(StringComparer.Ordinal))}");
            }

            var terms = settings with
            {
                Provider = settings.Provider ?? "Example Net",
                Phone = settings.Phone ?? "+1 555 0100",
                Page = settings.Page ?? new Uri("https://www.example.net/security"),
            };
            return new NoticeText(templates, terms).Write(Invented(step), new CustomerContact(
                "customer@example.net", language, IsProtected: false, "A. Example"));
        }
        catch (InvalidDataException fault)
        {
            throw new OperatorException(fault.Message);
        }
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
            "https://help.example.net/case/EXAMPLE");
    }
}
