// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Contracts.Scopes;
using Weir.Hosting.Channels;

namespace Weir.Desk.Alerts;

/// <summary>Alerts by mail to the desk: the sentence and every field, a line each.</summary>
/// <param name="name">As configured.</param>
/// <param name="sender">The mail server.</param>
/// <param name="from">Sender's address.</param>
/// <param name="to">The desk's address.</param>
public sealed class MailChannel(string name, IMailSender sender, string from, string to) : IAlertChannel
{
    private const int LongestSubject = 150;

    public string Name => name;

    public Task SendAsync(Alert alert, CancellationToken cancel)
    {
        var subject = SyslogMessage.Line($"[weir] {alert.Kind}: {alert.Text}");
        return sender.SendAsync(
            new Mail
            {
                From = from,
                To = to,
                Id =
                    $"alert-{string.Concat(alert.Id.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')).TrimEnd('-')}",
                Plain = Text(alert),
                Subject = subject.Length > LongestSubject ? subject[..LongestSubject] : subject,
            },
            cancel);
    }

    private static string Text(Alert alert)
    {
        var text = new StringBuilder(alert.Text).Append("\n\n");
        (string Name, string Value)[] fields =
        [
            ("kind", alert.Kind), ("severity", SeverityNames.ToName(alert.Severity)),
            ("at", alert.At.UtcDateTime.ToString("u", System.Globalization.CultureInfo.InvariantCulture)),
            ("case", alert.Case.Number == 0 ? "" : alert.Case.ToString()),
            ("scope", alert.Scope.Number == 0 ? "" : alert.Scope.ToString()),
            .. alert.Words.OrderBy(w => w.Key, StringComparer.Ordinal).Select(w => (w.Key, w.Value)), ("id", alert.Id),
        ];
        foreach (var (field, value) in fields.Where(f => f.Value.Length > 0))
        {
            _ = text.Append(
                System.Globalization.CultureInfo.InvariantCulture, $"{field}: {SyslogMessage.Line(value)}\n");
        }

        return text.ToString();
    }
}
