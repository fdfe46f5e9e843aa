// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Configuring.Rules;

/// <summary>What of the complaints' settings belongs together: a proof without its key, domain or folder
/// proves nothing.</summary>
internal static class ComplaintRules
{
    public static IEnumerable<(string Path, string Sentence)> Check(ComplaintsSettings complaints)
    {
        for (var i = 0; i < complaints.Reporters.Count; i++)
        {
            var reporter = complaints.Reporters[i];
            var at = $"complaints.reporters[{i}]";
            var (key, value) = reporter.Proof switch
            {
                ReporterProof.Signature => ("key-file", reporter.KeyFile),
                ReporterProof.AuthenticationResults => ("domain", reporter.Domain),
                _ => ("path", reporter.Path),
            };
            if (string.IsNullOrWhiteSpace(value))
            {
                yield return ($"{at}.{key}", "is missing, and without it nobody can tell that this reporter "
                    + "complained; write it, or choose another proof");
            }

            if (reporter.Proof == ReporterProof.AuthenticationResults
                && string.IsNullOrWhiteSpace(complaints.AuthservId))
            {
                yield return ("complaints.authserv-id", $"is missing, and {at} is told by the mail server's word; "
                    + "write the name under which your own server writes Authentication-Results");
            }
        }
    }
}
