// SPDX-License-Identifier: Apache-2.0
//
// From facts to a text in the customer's language. Every fact comes in as a value and is escaped where it stands; what
// is not in the facts is not said: no block that is not in force, no restriction that was not made (RFC 6561 section
// 5).
using Weir.Contracts.Events;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Vault.Texts;

namespace Weir.Vault.Notifying;

/// <summary>What one notice tells.</summary>
/// <param name="Case">Whose.</param>
/// <param name="Scope">The scope that allows it.</param>
/// <param name="Step">Which step.</param>
/// <param name="Facts">What was found.</param>
/// <param name="Done">What was done about it, as it stands.</param>
/// <param name="Link">The customer's page behind its signed link; empty where none is served.</param>
internal sealed record CustomerNotice(
    CaseId Case, ScopeId Scope, NoticeStep Step, CustomerFacts Facts, IReadOnlyList<ActionTaken> Done, string Link);

/// <summary>Writes notices. Safe for any thread.</summary>
internal sealed class NoticeText(TextCatalogue catalogue, NoticeDeliveryOptions options)
{
    /// <param name="notice">What is told.</param>
    /// <param name="contact">To whom.</param>
    public (string Subject, string Plain, string Html) Write(CustomerNotice notice, CustomerContact contact)
    {
        var texts = catalogue.In(contact.Language);
        var facts = notice.Facts;
        Dictionary<string, string> values = new(StringComparer.Ordinal)
        {
            ["name"] = contact.Name,
            ["provider"] = options.Provider!,
            ["phone"] = options.Phone!,
            ["page"] = options.Page!.OriginalString,
            ["link"] = notice.Link,
            ["case"] = notice.Case.ToString(),
            ["endpoint"] = facts.FarEnd?.ToString() ?? "",
            ["first"] = texts.Time(facts.First),
            ["last"] = texts.Time(facts.Last),
        };
        var (subject, lead) = Opening(notice);
        values["subject"] = texts.Fill(subject, values);
        values["lead"] = texts.Fill(lead, values);
        values["greeting"] = texts.Fill(
            contact.Name.Length > 0 ? TextEntries.GreetingNamed : TextEntries.Greeting, values);
        values["call"] = texts.Fill(TextEntries.Call, values);
        values["genuine"] = texts.Fill(TextEntries.Genuine, values);
        values["closing"] = texts.Fill(TextEntries.Closing, values);
        values["about"] = texts[TextEntries.About(facts.Finding)];
        values["traffic"] = texts.Class(facts.Class);
        values["measured"] = facts.Measured is { } measured ? texts.Measured(measured) : "";
        values["language"] = texts.Tag;
        Dictionary<string, IReadOnlyList<string>> lists = new(StringComparer.Ordinal)
        {
            ["done"] = [.. notice.Done.Select(texts.Action)],
            ["todo"] = texts.Lines(
                notice.Step is NoticeStep.Clean ? TextEntries.Over : TextEntries.Advice(facts.Finding)),
        };
        return (
            TemplateText.Escaped(values["subject"], Escape.Plain),
            catalogue.NoticePlain.Fill(With(values, label => texts.Label(label, facts), title =>
                title.ToUpperInvariant()), lists, Escape.Plain),
            catalogue.NoticeHtml.Fill(With(values, label => texts.Label(label, facts), title => title), lists,
                Escape.Html));
    }

    /// <summary>Nobody is told of an infected device where none was found: who is attacked, who was complained of, who
    /// asked for a check.</summary>
    private static (TextEntry Subject, TextEntry Lead) Opening(CustomerNotice notice) => notice.Step switch
    {
        NoticeStep.Found when DetectionRules.Find(notice.Facts.Finding) is { IsOfVictim: true } =>
            (TextEntries.SubjectAttacked, TextEntries.LeadAttacked),
        NoticeStep.Found when notice.Facts.Purpose == Purpose.ComplaintHandling =>
            (TextEntries.SubjectComplaint, TextEntries.LeadComplaint),
        NoticeStep.Found when notice.Facts.Purpose == Purpose.CustomerDiagnosis =>
            (TextEntries.SubjectAsked, TextEntries.LeadAsked),
        _ => (TextEntries.Subject(notice.Step), TextEntries.Lead(notice.Step)),
    };

    /// <summary>The values with a layout's own labels; in a plain text capitals stand for headings.</summary>
    private static Dictionary<string, string> With(
        Dictionary<string, string> values, Func<TextEntry, string> text, Func<string, string> heading)
    {
        var all = new Dictionary<string, string>(values, StringComparer.Ordinal);
        foreach (var label in TextCatalogue.Labels)
        {
            all[label.Name] = label.Name.StartsWith("title.", StringComparison.Ordinal)
                ? heading(text(label))
                : text(label);
        }

        return all;
    }
}
