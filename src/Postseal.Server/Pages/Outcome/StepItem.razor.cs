namespace Postseal.Server.Pages.Outcome;

/// <summary>One step of a check that has ended.</summary>
public sealed partial class StepItem
{
    private string Words =>
        Model.Name switch
        {
            "record" => "MTA-STS record and policy read",
            "tlsrpt" => "TLS report record read",
            "mx" => "MX records read",
            "host" => "Addresses of a mail server read",
            "session" => "Mail server asked for TLS",
            "report-targets" => "Report addresses looked at",
            _ => "Looked at",
        };
}
