// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Notifying;

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
            var templates = NoticeTemplates.Read(settings.Templates);
            if (!templates.Languages.Contains(language))
            {
                throw new OperatorException($"--language '{language}' has no templates; there are "
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

    private static Notice Invented(NoticeStep step)
    {
        const string Endpoint = "192.0.2.7:443/tcp";
        var first = new DateTimeOffset(2026, 1, 12, 8, 15, 0, TimeSpan.Zero);
        var facts = new NoticeFacts
        {
            Purpose = Purpose.CncContact,
            Trigger = "cnc-contact/1",
            Class = "both tcp rport=443 raddr=192.0.2.7",
            Endpoint = Endpoint,
            First = first,
            Last = first.AddHours(3),
            Grounds = "12 exchanges against 1 in 60 s, one in 1",
            Done = step switch
            {
                NoticeStep.EndpointBlocked => [ActionTaken.Closed(Endpoint, first.AddDays(14))],
                NoticeStep.LeakyGarden => [ActionTaken.Leaky(first.AddDays(1))],
                NoticeStep.StrictGarden => [ActionTaken.Strict(first.AddDays(2))],
                NoticeStep.Released => [ActionTaken.Released(first.AddDays(3))],
                _ => [],
            },
        };
        return new Notice(
            new CaseId(0x0011_2233_4455_6677), new ScopeId(0x0102_0304_0506_0708), step, facts,
            "https://help.example.net/case/EXAMPLE");
    }
}
